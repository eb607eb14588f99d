import type { ToolPlan } from '@counterpart/schemas';
import {
  DEFAULT_PLANS,
  planFor,
  planReminder,
  remainingSteps,
  type MadeCall,
  type Plan,
} from '../../understanding/plans.ts';
import type { Toolbox } from './toolbox.ts';

const MOST_REMINDERS = 2;
/** Tools that are offered for one step of a plan. */
const OFFERED = 3;

/** Sees to it that a question which takes several tools has them all called, also when a model stops after the first. */
export class ToolPlanWatch {
  readonly #plan: Plan | undefined;
  readonly #names: readonly string[];
  readonly #made: MadeCall[] = [];
  #reminders = 0;

  private constructor(plan: Plan | undefined, names: readonly string[]) {
    this.#plan = plan;
    this.#names = names;
  }

  /** For a question: tools for every step of its plan are put in the box. */
  static open(question: string, toolbox: Toolbox, configured: readonly ToolPlan[]): ToolPlanWatch {
    const plan = planFor(question, [...configured.map(toPlan), ...DEFAULT_PLANS]);
    const names = plan === undefined ? [] : toolbox.names;
    const watch = new ToolPlanWatch(plan, names);
    for (const { tools } of watch.#open()) toolbox.put(tools.slice(0, OFFERED));
    return watch;
  }

  /** Whether the question has a plan at all. */
  get isPlanned(): boolean {
    return this.#plan !== undefined;
  }

  made(call: MadeCall): void {
    this.#made.push(call);
  }

  /** What a model that stopped is told, if it left something out; at most twice. */
  reminder(): string | undefined {
    if (this.#reminders >= MOST_REMINDERS) return undefined;
    const words = planReminder(this.#open());
    if (words !== undefined) this.#reminders += 1;
    return words;
  }

  #open() {
    return this.#plan === undefined ? [] : remainingSteps(this.#plan, this.#made, this.#names);
  }
}

const toPlan = ({ phrases, needs }: ToolPlan): Plan => ({
  name: phrases[0] ?? '',
  when: phrases.map((phrase) => phrase.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
  needs: needs.map((words) =>
    words
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== ''),
  ),
});
