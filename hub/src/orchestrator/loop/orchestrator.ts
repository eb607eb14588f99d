import { hubError, toCounterpartError } from '@counterpart/schemas';
import { decisionIntent } from '../understanding/intents/decision-intent.ts';
import { listenTo } from '../../kernel/async/event-queue.ts';
import type { Orchestrator, PendingCalls, RunEvent, RunRequest } from '../../kernel/ports.ts';
import { Interludes } from './interludes.ts';
import { textOf } from '../understanding/text-of.ts';
import { PENDING_ID, type PendingRun } from './pending.ts';
import type { ChatRoom } from './room.ts';
import { Run, type Resumed } from './run.ts';

/** The orchestrator of a hub. */
export function createOrchestrator(room: ChatRoom): Orchestrator {
  const interludes = new Interludes();
  const follow = (request: RunRequest, signal: AbortSignal, resumed?: Resumed): AsyncIterable<RunEvent> =>
    follower(roomFor(request, room), interludes, { request, signal, resumed });
  return {
    run(request, signal) {
      return follow(request, signal);
    },
    async pending(principal) {
      return (await room.pending.list(principal)).map(shown);
    },
    async decide(id, decision, signal, whose) {
      const waiting = await room.pending.find({ ids: [id], principal: whose });
      if (waiting === undefined || !(await room.pending.take(id, decision)))
        throw hubError('CHAT_PENDING_UNKNOWN', { id });
      const { request, added, conversation, principal } = waiting;
      return follow({ ...request, conversation, principal }, signal, { added, decision });
    },
  };
}

/** The same room, whose lines in the log tell what was asked. */
const roomFor = ({ requestId: request }: RunRequest, room: ChatRoom): ChatRoom =>
  request === undefined ? room : { ...room, log: room.log.child({ request }) };

const shown = ({ id, calls, conversation, createdAt }: PendingRun): PendingCalls => ({
  id,
  calls,
  ...(conversation === undefined ? {} : { conversation }),
  createdAt,
});

interface Following {
  readonly request: RunRequest;
  readonly signal: AbortSignal;
  readonly resumed?: Resumed | undefined;
}

/** A run and its reader: when the reader stops, so does the run. */
const follower = (
  room: ChatRoom,
  interludes: Interludes,
  { request, signal, resumed }: Following,
): AsyncIterable<RunEvent> =>
  listenTo(async (emit, stop) => {
    const ending = new AbortController();
    stop.addEventListener('abort', () => ending.abort(stop.reason), { once: true });
    let isLate = false;
    const inTime = room.clock.after(
      Math.min(room.config().maxTimeMs, request.limits?.timeMs ?? Infinity),
      () => {
        isLate = true;
        ending.abort(new Error('its time is over'));
      },
    );
    const run = new Run(request, { room, interludes, emit, signal: ending.signal });
    try {
      await run.work(resumed ?? (await wordOn(room, request)));
    } catch (cause) {
      signal.throwIfAborted();
      // The reader has left: nobody hears the end.
      if (stop.aborted) return;
      if (!isLate) room.log.debug({ cause }, 'an answer ended early');
      run.fail(isLate ? run.budget.tooLong : toCounterpartError(cause));
    } finally {
      inTime();
    }
  }, signal);

/**
 * A person's yes or no to the calls that the last answer asked for: it counts only for those, and only as the very next
 * message. Anything else drops them, so that a later yes to something else approves nothing.
 */
async function wordOn(
  room: ChatRoom,
  { items, conversation, principal }: RunRequest,
): Promise<Resumed | undefined> {
  const last = items.at(-1);
  if (last?.type !== 'message' || last.role !== 'user') return undefined;
  const answer = items.findLast((item) => item.type === 'message' && item.role === 'assistant');
  const ids = answer === undefined ? [] : [...new Set(textOf(answer).match(PENDING_ID))];
  const waiting = await room.pending.find({ ids, conversation, principal });
  if (waiting === undefined) return undefined;
  const names = waiting.calls.map(({ tool }) => tool);
  const word = decisionIntent(textOf(last), [{ id: waiting.id, names, isAsked: true }])?.decision;
  const isTaken = await room.pending.take(waiting.id, word ?? 'drop');
  return isTaken && word !== undefined ? { added: waiting.added, decision: word } : undefined;
}
