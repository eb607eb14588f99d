import type { IncomingMessage, ServerResponse } from 'node:http';
import { CounterpartError, hubError, toCounterpartError, type ErrorCode } from '@counterpart/schemas';
import { ResponsesRequest } from '@counterpart/schemas/chat/api/responses';
import { hear } from '../../kernel/async/event-queue.ts';
import { newId } from '../../kernel/ids.ts';
import type { RunEvent, RunRequest } from '../../kernel/ports.ts';
import { answerJson } from '../errors.ts';
import { whenGone } from '../request/gone.ts';
import { askedModel, runOptions } from '../request/hub-options.ts';
import { assertModel, contextTokens } from '../models.ts';
import type { ChatParts } from '../parts.ts';
import { readBody, wrongField } from '../request/read-body.ts';
import { Beginning, followBegun } from '../stream/beginning.ts';
import type { Journal } from '../stream/journal.ts';
import type { LiveRun } from '../stream/runs.ts';
import { chosenTools } from '../request/tool-choice.ts';
import { Transcript } from '../transcript.ts';
import { wordIn, type Word } from './items.ts';
import { ResponseWriter } from './events.ts';
import { withReferences } from './references.ts';
import { choiceOf, gatherItems, toSettings, toTools, type AskedItems } from './request.ts';
import type { ResponseHead } from './resource.ts';
import { ResponseKeeper } from './keeper.ts';
import { truncated } from './truncate.ts';

/** What is to happen: a run, or one that waited for a person's word and goes on. */
type Work = (signal: AbortSignal) => AsyncIterable<RunEvent>;

interface Begun {
  readonly head: ResponseHead;
  readonly items: AskedItems;
  readonly work: Work;
}

/** `POST /v1/responses`. */
export async function createResponse(
  parts: ChatParts,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const request = await readBody(req, ResponsesRequest);
  if (request.background === true && request.store === false)
    throw wrongField('store', 'an answer that is made in the background has to be kept');
  const begun = await begin(parts, request);
  const { live, writer, failure, beginning } = startRun(parts, begun);
  if (request.stream === true) {
    // It goes on without whoever asked for it, who wants its id at once.
    if (request.background === true) beginning.settle();
    return followBegun(req, res, { journal: live.journal, beginning, clock: parts.clock });
  }
  if (request.background === true) return answerJson(res, writer.resource());
  const stay = whenGone(res, () => void live.cancel(undefined));
  await live.done;
  stay();
  const problem = failure();
  if (problem !== undefined && writer.isEmpty) throw problem;
  answerJson(res, writer.resource());
}

/** Begins an answer that is told as a stream. `isWarmUp`: nobody is asked; it is there to go on from. Rejects as the endpoint does. */
export async function openResponse(
  parts: ChatParts,
  request: ResponsesRequest,
  isWarmUp: boolean,
): Promise<LiveRun> {
  const begun = await begin(parts, request, isWarmUp);
  return startRun(parts, isWarmUp ? { ...begun, work: nothingFrom(begun.head.model) } : begun).live;
}

const nothingFrom = (model: string): Work =>
  async function* () {
    const usage = { input: 0, output: 0 };
    yield { type: 'end', finish: 'stop', usage, costUsd: 0, model, rounds: 0, items: [] };
  };

async function begin(parts: ChatParts, sent: ResponsesRequest, mayBeEmpty = false): Promise<Begun> {
  const model = askedModel(sent.model);
  assertModel(parts, model);
  const { toolChoice, ...offered } = chosenTools(toTools(sent.tools), choiceOf(sent.tool_choice));
  const request = { ...sent, input: await withReferences(parts.responses, sent.input) };
  const items = await gatherItems(parts, request, mayBeEmpty).catch((thrown: unknown) => {
    throw namingField(thrown);
  });
  const run: RunRequest = {
    model,
    items: request.truncation === 'auto' ? truncated(items.all, contextTokens(parts, model)) : items.all,
    settings: { ...toSettings(request), ...(toolChoice === undefined ? {} : { toolChoice }) },
    ...runOptions(request.counterpart, request.max_tool_calls),
    ...offered,
    conversation: items.conversation,
    principal: parts.principal,
    requestId: parts.requestId,
    isWhole: request.stream !== true && request.background !== true,
  };
  const head: ResponseHead = {
    id: `resp_${newId().replaceAll('-', '')}`,
    createdAt: Math.floor(parts.clock.now() / 1000),
    model,
    request,
    conversation: items.conversation,
  };
  const word = wordIn(request.input);
  const work: Work =
    word === undefined
      ? (signal) => parts.orchestrator.run(run, signal)
      : (signal) => decided(parts, word, signal);
  return { head, items, work };
}

/** Goes on with what waited. Rejects with CHAT_PENDING_UNKNOWN. */
async function* decided(
  { orchestrator, principal }: ChatParts,
  { id, decision }: Word,
  signal: AbortSignal,
): AsyncIterable<RunEvent> {
  yield* await orchestrator.decide(id, decision, signal, principal);
}

const FIELDS: Partial<Record<ErrorCode, string>> = {
  RESPONSE_UNKNOWN: 'previous_response_id',
  CONVERSATION_UNKNOWN: 'conversation',
};

/** The same error with the member of the request that led to it. */
function namingField(thrown: unknown): unknown {
  const field = thrown instanceof CounterpartError ? FIELDS[thrown.code] : undefined;
  if (!(thrown instanceof CounterpartError) || field === undefined) return thrown;
  return hubError(thrown.code, { ...thrown.params, field });
}

interface Started {
  readonly live: LiveRun;
  readonly writer: ResponseWriter;
  /** Why there is no answer, once the run is over. */
  readonly failure: () => CounterpartError | undefined;
  readonly beginning: Beginning;
}

function startRun(parts: ChatParts, { head, items, work }: Begun): Started {
  const { background, store, stream } = head.request;
  const isKept = store !== false;
  const survival = background === true ? 'background' : isKept && stream === true ? 'grace' : 'never';
  const live = parts.runs.open({ id: head.id, survival });
  const { journal } = live;
  const writer = new ResponseWriter(journal, head, () => parts.clock.now());
  const keeper = new ResponseKeeper(parts, { head, items, isKept, journal });
  keeper.begin(writer);
  let problem: CounterpartError | undefined;
  const beginning = new Beginning();
  live.begin(async (signal) => {
    problem = await runInto(parts, { work, signal, writer, journal, keeper, beginning });
    writer.finish();
    beginning.settle(writer.isEmpty ? problem : undefined);
  });
  return { live, writer, failure: () => problem, beginning };
}

interface Running {
  readonly work: Work;
  readonly signal: AbortSignal;
  readonly writer: ResponseWriter;
  readonly journal: Journal;
  readonly keeper: ResponseKeeper;
  readonly beginning: Beginning;
}

/** Runs to the end, which is kept before it is told: whoever has it may go on from it at once. */
async function runInto(parts: ChatParts, running: Running): Promise<CounterpartError | undefined> {
  const { work, signal, writer, journal, keeper, beginning } = running;
  const transcript = new Transcript();
  let problem: CounterpartError | undefined;
  let hasEnded = false;
  try {
    await hear(work(signal), (event) => {
      transcript.take(event);
      if (event.type === 'end') {
        problem = event.problem;
        hasEnded = true;
        writer.settle(event);
        return undefined;
      }
      writer.take(event);
      beginning.tell(event);
      return journal.room();
    });
    if (!hasEnded) throw hubError('INTERNAL', { detail: 'the run ended without a last word' });
  } catch (thrown) {
    const reason: unknown = signal.reason;
    const isCancelled = signal.aborted && !(reason instanceof CounterpartError);
    if (!signal.aborted && !(thrown instanceof CounterpartError))
      parts.log.error({ cause: thrown }, 'a run was broken off');
    problem = isCancelled ? undefined : toCounterpartError(signal.aborted ? reason : thrown);
    writer.breakOff(problem);
  }
  await keeper.end(writer, transcript);
  return problem;
}
