import { hubError, type Json } from '@counterpart/schemas';
import { z } from 'zod';
import type { HubAddress } from '../hub-api.ts';
import type { Send } from './mirror-api.ts';

/** One thing of an answer, as it comes. */
export type ChatNews =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'routed'; readonly model: string; readonly tier?: string | undefined }
  | {
      readonly type: 'tool-started';
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'tool-ended';
      readonly callId: string;
      readonly name: string;
      readonly isError: boolean;
      readonly text: string;
      readonly durationMs: number;
    }
  | {
      readonly type: 'approval';
      readonly id: string;
      readonly calls: readonly { readonly tool: string; readonly arguments: Record<string, Json> }[];
    }
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'usage'; readonly input: number; readonly output: number; readonly costUsd: number };

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

export interface ChatAsk {
  readonly model: string;
  /** All that was said, the question last. */
  readonly messages: readonly ChatMessage[];
  /** Absent: it is kept nowhere. */
  readonly conversation?: string | undefined;
  readonly view?: 'none' | { readonly server: string } | { readonly profile: string } | undefined;
}

/** The chat of one hub. Every method rejects with the catalogue's errors. */
export interface ChatApi {
  ask(question: ChatAsk, signal: AbortSignal): AsyncIterable<ChatNews>;
  models(): Promise<string[]>;
}

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Talks to `/v1`. */
export function createChatApi(address: HubAddress, send: Send): ChatApi {
  return {
    ask: (question, signal) => ask(address, question, signal),
    models: async () => (await send(Models, 'GET', '/v1/models')).data.map(({ id }) => id),
  };
}

async function* ask(
  { url, token }: HubAddress,
  question: ChatAsk,
  signal: AbortSignal,
): AsyncGenerator<ChatNews> {
  const { model, messages, conversation, view } = question;
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
      counterpart: {
        ...(conversation === undefined ? {} : { conversation }),
        ...(view === undefined ? {} : { view }),
      },
    }),
    signal,
  });
  if (!response.ok || response.body === null) throw toError(await response.text(), response.status);
  for await (const data of eventsOf(response.body)) yield* newsIn(data);
}

/** The data of server-sent events, to the `[DONE]` of OpenAI's streams. */
async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const data = /^data: ?(.*?)\r?$/.exec(line)?.[1];
      if (data === '[DONE]') return;
      if (data !== undefined) yield data;
    }
  }
}

const Chunk = z.object({
  choices: z
    .array(z.object({ delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }) }))
    .default([]),
  usage: z
    .object({ prompt_tokens: z.number(), completion_tokens: z.number(), cost: z.number().default(0) })
    .nullish(),
  counterpart: z.unknown().optional(),
});

const News = z.discriminatedUnion('type', [
  z.object({ type: z.literal('routed'), model: z.string(), tier: z.string().optional() }),
  z.object({ type: z.literal('tool-started'), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.object({
    type: z.literal('tool-ended'),
    call_id: z.string(),
    name: z.string(),
    is_error: z.boolean(),
    text: z.string(),
    duration_ms: z.number(),
  }),
  z.object({
    type: z.literal('approval'),
    id: z.string(),
    calls: z.array(z.object({ tool: z.string(), arguments: z.record(z.string(), z.json()).default({}) })),
  }),
  z.object({ type: z.literal('progress'), text: z.string() }),
]);

/** What one event of the stream tells; a failure in the middle of an answer is thrown. */
export function* newsIn(data: string): Generator<ChatNews> {
  const chunk = Chunk.safeParse(parsed(data));
  if (!chunk.success || data.startsWith('{"error"')) throw toError(data, 500);
  const { choices, usage, counterpart } = chunk.data;
  for (const { delta } of choices) {
    const text = (delta.content ?? '') + (delta.refusal ?? '');
    if (text !== '') yield { type: 'text', text };
  }
  const news = News.safeParse(counterpart).data;
  if (news) yield toNews(news);
  if (usage)
    yield { type: 'usage', input: usage.prompt_tokens, output: usage.completion_tokens, costUsd: usage.cost };
}

function toNews(news: z.infer<typeof News>): ChatNews {
  switch (news.type) {
    case 'tool-started':
      return { type: news.type, callId: news.call_id, name: news.name, arguments: news.arguments };
    case 'tool-ended':
      return {
        type: news.type,
        callId: news.call_id,
        name: news.name,
        isError: news.is_error,
        text: news.text,
        durationMs: news.duration_ms,
      };
    case 'approval':
    case 'routed':
    case 'progress':
      return news;
  }
}

const Failure = z.object({ error: z.object({ message: z.string() }) });
const Refusal = z.object({ detail: z.string() });

/** The error that an answer of `/v1` tells. */
function toError(text: string, status: number) {
  const body = parsed(text);
  const told = Failure.safeParse(body).data?.error;
  const detail = told?.message ?? Refusal.safeParse(body).data?.detail ?? `the chat answered ${status}`;
  return hubError('CHAT_FAILED', { detail });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
