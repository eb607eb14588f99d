import { AsyncLocalStorage } from 'node:async_hooks';
import { newTrace } from '../protocol/trace.ts';

/** In whose name something is done, and to which trace it belongs. */
export interface Actor {
  /** In words, such as `owner via cli`. */
  readonly principal: string;
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** Span of the caller in that trace, 16 hexadecimal digits; absent where none was named. */
  readonly parent?: string | undefined;
}

/** Requests of surfaces that change something run in it; calls of tools never do. */
const going = new AsyncLocalStorage<Actor>();

/** Does `work` in somebody's name. */
export const actAs = <T>(actor: Actor, work: () => T): T => going.run(actor, work);

/** Who asked for what is going on; the hub itself where nobody did. */
export const currentActor = (): Actor => going.getStore() ?? { principal: 'hub', trace: newTrace() };

/** How the hub's own commands name themselves (`User-Agent`). */
export const CLI_AGENT = 'counterpart-cli';
