import type { IncomingMessage, ServerResponse } from 'node:http';
import { hubError, toCounterpartError } from '@counterpart/schemas';
import { TextCompletionRequest } from '@counterpart/schemas/chat/api/completions';
import { hear } from '../../kernel/async/event-queue.ts';
import { newId } from '../../kernel/ids.ts';
import type { ChatItem, GenerationSettings, RunRequest } from '../../kernel/ports.ts';
import { answerJson, toErrorBody } from '../errors.ts';
import { whenGone } from '../request/gone.ts';
import { readBody } from '../request/read-body.ts';
import { askedModel } from '../request/hub-options.ts';
import { assertModel } from '../models.ts';
import type { ChatParts } from '../parts.ts';
import { Beginning, followBegun } from '../stream/beginning.ts';
import { compact } from './request.ts';
import { chatUsage, type RunEnd } from './usage.ts';

const said = (role: 'developer' | 'user', text: string): ChatItem => ({
  type: 'message',
  role,
  content: [{ type: 'text', text }],
});

/** Models here chat: that they are to write on has to be said. */
const WRITE_ON =
  'Continue the text of the next message exactly where it ends. Answer with the continuation only: no greeting, no quotes, nothing said twice.';

/** `POST /v1/completions`: a text is written on, without tools. */
export async function completeText(
  parts: ChatParts,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const body = await readBody(req, TextCompletionRequest);
  const model = askedModel(body.model);
  assertModel(parts, model);
  const prompt = typeof body.prompt === 'string' ? body.prompt : body.prompt.join('');
  const run: RunRequest = {
    model,
    items: [said('developer', WRITE_ON), said('user', prompt)],
    settings: toSettings(body),
    view: 'none',
    principal: parts.principal,
    requestId: parts.requestId,
    isWhole: body.stream !== true,
  };
  const id = `cmpl-${newId().replaceAll('-', '')}`;
  const text = new TextWriter(id, Math.floor(parts.clock.now() / 1000), model);
  if (body.stream === true)
    return stream(
      parts,
      { run, text, id, includeUsage: body.stream_options?.include_usage === true },
      req,
      res,
    );
  const controller = new AbortController();
  const stay = whenGone(res, () => controller.abort());
  let whole = '';
  let end: RunEnd | undefined;
  try {
    for await (const event of parts.orchestrator.run(run, controller.signal)) {
      if (event.type === 'text') whole += event.delta;
      if (event.type === 'end') end = event;
    }
  } finally {
    stay();
  }
  if (end === undefined) throw hubError('INTERNAL', { detail: 'the run ended without a last word' });
  if (end.problem !== undefined) throw end.problem;
  answerJson(res, { ...text.chunk(whole, end), usage: chatUsage(end) });
}

function toSettings(body: TextCompletionRequest): GenerationSettings {
  return compact<GenerationSettings>({
    temperature: body.temperature,
    topP: body.top_p,
    presencePenalty: body.presence_penalty,
    frequencyPenalty: body.frequency_penalty,
    maxTokens: body.max_tokens,
    stop: typeof body.stop === 'string' ? [body.stop] : body.stop,
    seed: body.seed,
  });
}

class TextWriter {
  readonly #id: string;
  readonly #created: number;
  readonly #model: string;

  constructor(id: string, created: number, model: string) {
    this.#id = id;
    this.#created = created;
    this.#model = model;
  }

  chunk(text: string, end?: RunEnd): object {
    const choice = { index: 0, text, logprobs: null, finish_reason: end?.finish ?? null };
    return { ...this.head(end), choices: [choice] };
  }

  head(end?: RunEnd): object {
    return {
      id: this.#id,
      object: 'text_completion',
      created: this.#created,
      model: end?.model ?? this.#model,
    };
  }
}

interface Streaming {
  readonly run: RunRequest;
  readonly text: TextWriter;
  readonly id: string;
  readonly includeUsage: boolean;
}

function stream(
  parts: ChatParts,
  { run, text, id, includeUsage }: Streaming,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  const live = parts.runs.open({ id, survival: 'never' });
  const { journal } = live;
  const write = (data: object): void => journal.append(`data: ${JSON.stringify(data)}\n\n`);
  const finish = (end: RunEnd): void => {
    if (end.problem !== undefined) return write(toErrorBody(end.problem));
    write(text.chunk('', end));
    if (includeUsage) write({ ...text.head(end), choices: [], usage: chatUsage(end) });
    journal.append('data: [DONE]\n\n');
  };
  const beginning = new Beginning();
  live.begin(async (signal) => {
    try {
      await hear(parts.orchestrator.run(run, signal), (event) => {
        if (event.type === 'text') write(text.chunk(event.delta));
        if (event.type === 'end') finish(event);
        beginning.tell(event);
        return journal.room();
      });
    } catch (thrown) {
      const problem = toCounterpartError(signal.aborted ? signal.reason : thrown);
      write(toErrorBody(problem));
      beginning.settle(problem);
    }
  });
  followBegun(req, res, { journal, beginning, clock: parts.clock });
}
