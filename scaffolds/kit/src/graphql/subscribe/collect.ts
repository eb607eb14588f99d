import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import type { WireRequest } from '../../http/exchange.ts';
import type { Members } from '../../json-value.ts';
import { adviceOn, errorLines, toAnswer } from '../call/answer.ts';
import type { GraphqlRequest } from '../call/request.ts';
import { Unreachable, type Listen } from './listen.ts';
import { listenByEventStream } from './event-stream.ts';
import { listenBySocket } from './socket.ts';

export interface Bounds {
  readonly events: number;
  readonly seconds: number;
}

export interface CollectOptions extends Bounds {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total?: number) => void;
  /** What of an event's data the caller wants. */
  readonly pick: (data: Members) => Json;
}

/** What was heard, in the order it came, and why it stopped. */
export interface Collected {
  readonly events: readonly Json[];
  readonly ended: 'events' | 'seconds' | 'complete';
  /** What kept parts of the events from coming. */
  readonly errors: readonly Members[];
}

/** Errors beside events that are told. */
const MOST_ERRORS = 20;

const WAYS: readonly (readonly [name: string, listen: Listen])[] = [
  ['WebSocket', listenBySocket],
  ['server-sent events', listenByEventStream],
];

/** Takes an event, or fails with what the service says is wrong. */
function taken(result: Json): { readonly data: Members; readonly errors: readonly Members[] } {
  const answer = toAnswer(result);
  if (answer === undefined)
    throw new ToolFailure('The service sent an event that is no answer to a GraphQL request.');
  const { data, errors } = answer;
  if (data === undefined)
    throw new ToolFailure(`The service refused the subscription:\n${errorLines(errors)}`, {
      nextStep: adviceOn(errors),
    });
  return { data, errors };
}

async function collectBy(
  listen: Listen,
  { request, body }: { readonly request: WireRequest; readonly body: GraphqlRequest },
  options: CollectOptions,
): Promise<Collected> {
  const { events: most, seconds, signal, progress, pick } = options;
  const events: Json[] = [];
  const errors: Members[] = [];
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort('seconds'), seconds * 1_000);
  let failure: Error | undefined;
  const next = (result: Json): void => {
    if (enough.signal.aborted) return;
    try {
      const event = taken(result);
      events.push(pick(event.data));
      errors.push(...event.errors.slice(0, MOST_ERRORS - errors.length));
      progress(events.length, most);
      if (events.length >= most) enough.abort('events');
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      enough.abort('failed');
    }
  };
  try {
    await listen(request, body, { next, signal: AbortSignal.any([signal, enough.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    if (!enough.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  if (failure !== undefined) throw failure;
  const reason: unknown = enough.signal.reason;
  return { events, ended: reason === 'events' || reason === 'seconds' ? reason : 'complete', errors };
}

/**
 * Listens until enough events came, the time is over or the service is done; over WebSocket, else by server-sent events.
 * Throws ToolFailure that says what each way met when none works.
 */
export async function collect(
  asked: { readonly request: WireRequest; readonly body: GraphqlRequest },
  options: CollectOptions,
): Promise<Collected> {
  const met: string[] = [];
  for (const [name, listen] of WAYS) {
    try {
      return await collectBy(listen, asked, options);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      met.push(`${name}: ${error.message}`);
    }
  }
  throw new ToolFailure(`No way to listen to the service was found.\n${met.join('\n')}`, {
    nextStep: 'Check that the service offers subscriptions at the address of its queries.',
  });
}
