import { plainText } from './plain-text.ts';

/** A question that one tool cannot answer. */
export interface Plan {
  readonly name: string;
  /** Regular expressions over the question in lower case and without accents; one that fits is enough. */
  readonly when: readonly string[];
  /** What each needed tool is about: words of which its name holds at least one. */
  readonly needs: readonly (readonly string[])[];
}

/** A tool that the plan still lacks. */
export interface PlanStep {
  readonly about: readonly string[];
  /** Tools that would do; none: the hub has no such tool. */
  readonly tools: readonly string[];
}

/** A call that was made, however it ended. */
export interface MadeCall {
  readonly name: string;
  readonly isError: boolean;
}

/** Plans without configuration. */
export const DEFAULT_PLANS: readonly Plan[] = [
  {
    name: 'leave-time',
    when: [
      'when (?:should|do|must|can) (?:i|we) (?:leave|go|set off|head (?:out|off)|start)',
      '(?:what|which) time (?:should|do|must) (?:i|we) (?:leave|go|set off)',
      '(?:do|have) (?:i|we) (?:need|got) to leave',
      '(?:will|can) (?:i|we) (?:be (?:late|on time)|make it)\\b.*\\b(?:meeting|appointment|work|office)',
      'wann (?:muss|soll(?:te)?) (?:ich|wir) (?:los|gehen|fahren|aufbrechen)',
      'quand (?:dois-je|faut-il) partir',
      '(?:cuando|a que hora) (?:debo|tengo que) salir',
      'quando devo (?:partire|uscire|sair)',
      'hoe laat moet ik (?:weg|vertrekken)',
    ],
    needs: [
      [
        'calendar',
        'event',
        'events',
        'agenda',
        'schedule',
        'appointment',
        'appointments',
        'meeting',
        'meetings',
      ],
      [
        'commute',
        'travel',
        'route',
        'routes',
        'directions',
        'distance',
        'traffic',
        'transit',
        'journey',
        'eta',
      ],
    ],
  },
];

/** The plan of a question, if it needs one; a pattern that is no regular expression fits nothing. */
export function planFor(question: string, plans: readonly Plan[]): Plan | undefined {
  const text = plainText(question).slice(0, LONGEST_QUESTION);
  return plans.find(({ when }) => when.some((pattern) => expressionOf(pattern)?.test(text)));
}

const LONGEST_QUESTION = 1000;

function expressionOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

/** What of a plan is not done yet; a call that failed has done nothing. */
export function remainingSteps(
  plan: Plan,
  made: readonly MadeCall[],
  available: readonly string[],
): readonly PlanStep[] {
  const done = made.filter(({ isError }) => !isError).map(({ name }) => name);
  return plan.needs
    .filter((about) => !done.some((name) => isAbout(name, about)))
    .map((about) => ({ about, tools: available.filter((name) => isAbout(name, about)) }));
}

function isAbout(name: string, about: readonly string[]): boolean {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return about.some((word) => words.includes(word.toLowerCase()));
}

/** What a model is told that stopped before its plan was done; undefined when nothing is left that a tool could do. */
export function planReminder(steps: readonly PlanStep[]): string | undefined {
  const open = steps.filter(({ tools }) => tools.length > 0);
  if (open.length === 0) return undefined;
  const lines = open.map(
    ({ about, tools }) => `- ${about[0] ?? 'a tool'}: call ${tools.slice(0, 3).join(' or ')}`,
  );
  return `The question cannot be answered yet. Before you answer, also use:\n${lines.join('\n')}`;
}
