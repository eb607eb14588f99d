import type { IncomingMessage, ServerResponse } from 'node:http';
import { hubError, toCounterpartError } from '@counterpart/schemas';
import { ChatCompletionRequest } from '@counterpart/schemas/chat/api/completions';
import { hear } from '../../kernel/async/event-queue.ts';
import { newId } from '../../kernel/ids.ts';
import type { RunEvent, RunRequest } from '../../kernel/ports.ts';
import { answerJson } from '../errors.ts';
import {
  CACHE_HEADER,
  CONVERSATION_HEADER,
  RESUMABLE_HEADER,
  resumptionOf,
  type Resumption,
} from '../request/headers.ts';
import { askedModel, runOptions } from '../request/hub-options.ts';
import { assertModel } from '../models.ts';
import type { ChatParts } from '../parts.ts';
import { readBody } from '../request/read-body.ts';
import { Beginning, followBegun } from '../stream/beginning.ts';
import { followOver } from '../stream/follow.ts';
import type { Journal } from '../stream/journal.ts';
import { Transcript } from '../transcript.ts';
import { whenGone } from '../request/gone.ts';
import { Answer } from './answer.ts';
import type { CallThread } from './call-ids.ts';
import { bind, conversationOf, type Bound } from './bound.ts';
import { ChunkWriter } from './chunks.ts';
import { chosenTools } from '../request/tool-choice.ts';
import { askedTools, hasFunctions, toToolMessages } from './functions.ts';
import { toItems, toSettings } from './request.ts';

interface Asked {
  readonly id: string;
  readonly created: number;
  readonly bound: Bound;
  readonly run: RunRequest;
  readonly body: ChatCompletionRequest;
  /** Is told of calls that are answered as calls of functions; undefined: they are answered as calls of tools. */
  readonly functions: CallThread | undefined;
}

/** `POST /v1/chat/completions`. */
export async function complete(parts: ChatParts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const back = resumptionOf(req);
  if (back !== undefined) return resume(parts, back, req, res);
  const body = await readBody(req, ChatCompletionRequest);
  const model = askedModel(body.model);
  assertModel(parts, model);
  const { tools, choice, asFunctions } = askedTools(body);
  const { toolChoice, ...offered } = chosenTools(tools, choice);
  const thread = hasFunctions(body) ? parts.callIds.thread(parts.principal) : undefined;
  const items = toItems(toToolMessages(body.messages, thread));
  const bound = await bind(parts, conversationOf(req, body), items);
  const run: RunRequest = {
    model,
    items: bound.items,
    settings: {
      ...toSettings(body),
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(asFunctions ? { parallelToolCalls: false } : {}),
    },
    ...runOptions(body.counterpart),
    ...offered,
    conversation: bound.conversation,
    principal: parts.principal,
    requestId: parts.requestId,
    isWhole: body.stream !== true,
  };
  const id = `chatcmpl-${newId().replaceAll('-', '')}`;
  const functions = asFunctions ? thread : undefined;
  const asked = { id, created: Math.floor(parts.clock.now() / 1000), bound, run, body, functions };
  if (body.stream === true) stream(parts, asked, req, res);
  else await answer(parts, asked, res);
}

/** `GET /v1/chat/completions/<id>?stream=true`, and the same as a POST with `Last-Event-ID`. Throws STREAM_GONE. */
export function resume(
  { runs }: Pick<ChatParts, 'runs'>,
  { id, from }: Resumption,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  const run = runs.find(id);
  if (run === undefined || !run.journal.holds(from))
    throw hubError('STREAM_GONE', { response: id.slice(0, 100), after: from - 1 });
  req.resume();
  followOver(req, res, run.journal, { from });
}

const conversationHeader = ({ bound: { conversation } }: Asked): Record<string, string> =>
  conversation === undefined ? {} : { [CONVERSATION_HEADER]: conversation };

async function answer(parts: ChatParts, asked: Asked, res: ServerResponse): Promise<void> {
  const gathered = new Answer(asked.functions);
  const transcript = new Transcript();
  const controller = new AbortController();
  const stay = whenGone(res, () => controller.abort());
  try {
    for await (const event of parts.orchestrator.run(asked.run, controller.signal)) {
      gathered.take(event);
      transcript.take(event);
    }
  } finally {
    stay();
    await asked.bound.keep(transcript);
  }
  const { end } = gathered;
  if (end === undefined) throw hubError('INTERNAL', { detail: 'the run ended without a last word' });
  if (end.problem !== undefined && gathered.isEmpty) throw end.problem;
  answerJson(res, gathered.toBody(end, asked), 200, {
    ...conversationHeader(asked),
    ...(end.cached === undefined ? {} : { [CACHE_HEADER]: 'hit' }),
  });
}

function stream(parts: ChatParts, asked: Asked, req: IncomingMessage, res: ServerResponse): void {
  const { id, created, bound, body, run, functions } = asked;
  const isResumable = body.counterpart?.resumable === true || req.headers[RESUMABLE_HEADER] === 'true';
  const live = parts.runs.open({ id, survival: isResumable ? 'grace' : 'never' });
  const { journal } = live;
  const includeUsage = body.stream_options?.include_usage === true;
  const writer = new ChunkWriter(journal, {
    id,
    model: run.model,
    created,
    includeUsage,
    isNumbered: isResumable,
    functions,
  });
  const beginning = new Beginning();
  live.begin((signal) => runInto(parts, { run, signal, writer, journal, bound, beginning }));
  followBegun(req, res, { journal, beginning, clock: parts.clock, headers: conversationHeader(asked) });
}

interface Running {
  readonly run: RunRequest;
  readonly signal: AbortSignal;
  readonly writer: ChunkWriter;
  readonly journal: Journal;
  readonly bound: Bound;
  readonly beginning: Beginning;
}

async function runInto(parts: ChatParts, running: Running): Promise<void> {
  const { run, signal, writer, journal, bound, beginning } = running;
  const transcript = new Transcript();
  const take = (event: RunEvent): void => {
    writer.take(event);
    beginning.tell(event);
  };
  try {
    await hear(parts.orchestrator.run(run, signal), (event) => {
      transcript.take(event);
      // Who has the last word may ask the next question at once, and it builds on what is kept.
      if (event.type === 'end') return bound.keep(transcript).then(() => take(event));
      take(event);
      return journal.room();
    });
  } catch (thrown) {
    if (!signal.aborted) parts.log.error({ cause: thrown }, 'a run was broken off');
    await bound.keep(transcript);
    const problem = toCounterpartError(signal.aborted ? signal.reason : thrown);
    writer.fail(problem);
    beginning.settle(problem);
  }
}
