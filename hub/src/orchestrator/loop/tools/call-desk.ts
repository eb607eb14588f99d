import type { ChatItem } from '../../../kernel/ports.ts';
import { EntityBook } from '../../understanding/entities.ts';
import type { WrittenCall } from '../answer/ask-model.ts';
import {
  makeCalls,
  needsApproval,
  readCall,
  Repetitions,
  type Calling,
  type CallResult,
  type ReadCall,
} from './call-tools.ts';
import { GroundingGuard } from './grounding-guard.ts';

/** Calls that can be made; `ask`: only the person can say what one of them lacks, and none is made. */
export interface Grounded {
  readonly calls: readonly ReadCall[];
  readonly ask?: string | undefined;
}

/** What happens to the calls of one run between the model that wrote them and the tools. */
export class CallDesk {
  readonly #calling: Calling;
  readonly #entities: EntityBook;
  readonly #grounding: GroundingGuard;
  readonly #repetitions = new Repetitions();

  constructor(calling: Calling) {
    this.#calling = calling;
    const aliases = Object.entries(calling.room.config().aliases);
    this.#entities = new EntityBook(
      aliases.map(([key, { value, also }]) => ({ key, names: also, address: value, value })),
    );
    this.#grounding = new GroundingGuard(aliases.flatMap(([key, { value, also }]) => [key, value, ...also]));
  }

  /** Reads calls; names of the owner's places and things become what the hub's tools are given for them. */
  read(written: readonly WrittenCall[]): {
    readonly own: readonly ReadCall[];
    readonly hub: readonly ReadCall[];
  } {
    const read = written.map(readCall);
    const { toolbox } = this.#calling;
    return {
      own: read.filter(({ name }) => toolbox.isOwn(name)),
      hub: read
        .filter(({ name }) => !toolbox.isOwn(name))
        .map((call) => ({ ...call, input: this.#entities.inArguments(call.input) })),
    };
  }

  /** With a word to the model where an argument was left open. */
  ground(calls: readonly ReadCall[], items: readonly ChatItem[], isPlanned: boolean): Grounded {
    const checked: ReadCall[] = [];
    for (const call of calls) {
      const tool = call.problem === undefined ? this.#calling.toolbox.shown(call.name) : undefined;
      const found = tool && this.#grounding.check(call, tool, items, isPlanned);
      if (found && 'ask' in found) return { calls: [], ask: found.ask };
      checked.push(found ? { ...call, problem: found.tell } : call);
    }
    return { calls: checked };
  }

  /** Whether a person has to say yes first. */
  isGated({ name, problem }: ReadCall): boolean {
    const { room, toolbox } = this.#calling;
    const route = toolbox.route(name);
    return problem === undefined && route !== undefined && needsApproval(route.effect, room.config().approve);
  }

  /** Counts calls, and puts a word to the model in the place of those that were made too often. Throws CHAT_REPEATED. */
  count(calls: readonly ReadCall[]): readonly ReadCall[] {
    return calls.map((call) => {
      const problem = this.#repetitions.count(call) ?? call.problem;
      return problem === undefined ? call : { ...call, problem };
    });
  }

  make(calls: readonly ReadCall[]): Promise<readonly CallResult[]> {
    return makeCalls(calls, this.#calling);
  }
}
