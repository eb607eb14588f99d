import { hubError, type Json } from '@counterpart/schemas';
import { z } from 'zod';
import type { HubAddress } from '../hub-address.ts';
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
  /** It ended early, and why: the text says it too. */
  | { readonly type: 'end'; readonly problem: { readonly code: string; readonly message: string } }
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

/** Calls of tools that wait for a person. */
const Pending = z.object({
  id: z.string(),
  calls: z.array(z.object({ tool: z.string(), arguments: z.record(z.string(), z.json()).default({}) })),
});
export interface PendingApproval {
  readonly id: string;
  readonly calls: readonly { readonly tool: string; readonly arguments: Readonly<Record<string, Json>> }[];
}

/** The chat of one hub. Every method rejects with the catalogue's errors, CHAT_LOST when the hub goes away. */
export interface ChatApi {
  ask(question: ChatAsk, signal: AbortSignal): AsyncIterable<ChatNews>;
  /** What waits for a yes or no, as the hub keeps it. */
  pending(): Promise<PendingApproval[]>;
  models(): Promise<string[]>;
}

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Talks to `/v1`. */
export function createChatApi(address: HubAddress, send: Send): ChatApi {
  return {
    ask: (question, signal) => ask(address, question, signal),
    pending: async () =>
      (await send(z.object({ pending: z.array(Pending) }), 'GET', '/api/chat/pending')).pending,
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
  }).catch((cause: unknown) => {
    throw lost(url, cause, signal);
  });
  if (!response.ok || response.body === null) throw toError(await response.text(), response.status);
  for await (const data of eventsOf(response.body, { url, signal })) yield* newsIn(data);
}

interface Source {
  readonly url: string;
  readonly signal: AbortSignal;
}

/** Pieces of a body; a connection that breaks is told of as the hub's. */
async function* whole(body: AsyncIterable<Uint8Array>, { url, signal }: Source): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw lost(url, cause, signal);
  }
}

/** An abort stays what it is. */
function lost(url: string, cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return cause;
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return hubError(
    'CHAT_LOST',
    { url, detail: inner instanceof Error ? inner.message : String(inner) },
    { cause },
  );
}

/** The data of server-sent events, to the `[DONE]` of OpenAI's streams. Rejects with CHAT_LOST when that never comes. */
async function* eventsOf(body: AsyncIterable<Uint8Array>, source: Source): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of whole(body, source)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const data = /^data: ?(.*?)\r?$/.exec(line)?.[1];
      if (data === '[DONE]') return;
      if (data !== undefined) yield data;
    }
  }
  throw lost(source.url, 'the answer broke off before its end', source.signal);
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

/** What the last chunk says of an answer that ended early. */
const Report = z.object({ problem: z.object({ code: z.string(), message: z.string() }) });

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
  const report = Report.safeParse(counterpart).data;
  if (report) yield { type: 'end', problem: report.problem };
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
