import { hubError, type CounterpartError, type ProviderConfig } from '@counterpart/schemas';
import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  RateLimitError,
} from 'openai';
import type { ModelAnswer, ModelRequest } from '../../kernel/ports.ts';

interface Endpoint {
  readonly name: string;
  readonly provider: ProviderConfig;
  readonly key: string | undefined;
  readonly signal: AbortSignal;
}

const SHOWN = 300;
/** What the library is given where an endpoint wants no key: it insists on one. */
const NO_KEY = 'none';

/**
 * Asks `/chat/completions` of an OpenAI-compatible endpoint, with structured output where the provider is configured for it.
 * Overload and broken connections are tried again with growing pauses. Throws the catalogue's `MODEL_…` errors.
 */
export async function askEndpoint(request: ModelRequest, endpoint: Endpoint): Promise<ModelAnswer> {
  const { name, provider, key, signal } = endpoint;
  const client = new OpenAI({
    apiKey: key ?? NO_KEY,
    baseURL: provider.baseUrl,
    timeout: provider.timeoutMs,
    maxRetries: provider.retries,
    logLevel: 'off',
    fetch: boundedFetch(endpoint),
    // Headers that say which program and machine is asking are nobody's business.
    defaultHeaders: STRIPPED,
  });
  try {
    const answer = await client.chat.completions.create(bodyOf(request, provider), { signal });
    const choice = answer.choices[0];
    const text = choice?.message.content ?? '';
    if (choice?.message.refusal != null)
      throw hubError('MODEL_REFUSED', { model: name, detail: choice.message.refusal.slice(0, SHOWN) });
    if (text.trim() === '')
      throw hubError('MODEL_REFUSED', {
        model: name,
        detail: `its answer is empty (${choice?.finish_reason ?? 'no choice'})`,
      });
    const { prompt_tokens: inputTokens = 0, completion_tokens: outputTokens = 0 } = answer.usage ?? {};
    return { text, model: answer.model || provider.model, usage: { inputTokens, outputTokens } };
  } catch (cause) {
    signal.throwIfAborted();
    throw named(cause, endpoint);
  }
}

/** Of an answer: a server of a hundred files is a megabyte, and an endpoint may never stop. */
const MOST_BYTES = 16 * 1_048_576;

/** The library's own limit of time ends with the head of an answer; this one holds to the last byte, and bounds them. */
function boundedFetch({ name, provider }: Endpoint): typeof fetch {
  return async (input, init) => {
    const limit = AbortSignal.timeout(provider.timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const answer = await fetch(input, { ...init, signal });
    let bytes = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes <= MOST_BYTES) controller.enqueue(chunk);
        else controller.error(hubError('MODEL_REFUSED', { model: name, detail: 'its answer has no end' }));
      },
    });
    return new Response(answer.body?.pipeThrough(counted) ?? null, answer);
  };
}

const STRIPPED = Object.fromEntries(
  ['Arch', 'Lang', 'OS', 'Package-Version', 'Runtime', 'Runtime-Version'].map((name) => [
    `X-Stainless-${name}`,
    null,
  ]),
);

function bodyOf(
  request: ModelRequest,
  provider: ProviderConfig,
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const { system, messages, answer, maxTokens } = request;
  const limit = Math.min(maxTokens ?? Number.MAX_SAFE_INTEGER, provider.maxOutputTokens);
  return {
    model: provider.model,
    messages: [
      { role: 'system', content: system },
      ...messages.map(({ role, text }) => ({ role, content: text })),
    ],
    max_completion_tokens: limit,
    ...formatOf(answer, provider),
  };
}

function formatOf(
  answer: ModelRequest['answer'],
  { structured }: ProviderConfig,
): Pick<OpenAI.ChatCompletionCreateParamsNonStreaming, 'response_format'> {
  if (answer === undefined || structured === 'none') return {};
  if (structured === 'json_object') return { response_format: { type: 'json_object' } };
  return {
    response_format: { type: 'json_schema', json_schema: { name: answer.name, schema: answer.schema } },
  };
}

/** What went wrong, without the request: a provider's message may repeat the prompt, and is cut. */
function named(cause: unknown, { name, provider, key }: Endpoint): unknown {
  const say = (code: CounterpartError['code'], detail: string): CounterpartError =>
    hubError(code, { model: name, detail: withoutKey(detail, key).slice(0, SHOWN) }, { cause });
  const isLate = cause instanceof APIConnectionTimeoutError || isTimeout(cause);
  if (isLate)
    return hubError(
      'MODEL_SLOW',
      { model: name, seconds: Math.round(provider.timeoutMs / 1_000) },
      { cause },
    );
  if (cause instanceof APIUserAbortError || !(cause instanceof APIError)) return cause;
  if (cause instanceof RateLimitError) return say('MODEL_OVER_QUOTA', cause.message);
  if (cause instanceof APIConnectionError) return say('MODEL_UNREACHABLE', reasonOf(cause));
  const isServer = cause.status !== undefined && cause.status >= 500;
  return say(isServer ? 'MODEL_UNREACHABLE' : 'MODEL_REFUSED', cause.message);
}

const isTimeout = (cause: unknown): boolean => cause instanceof DOMException && cause.name === 'TimeoutError';

const withoutKey = (text: string, key: string | undefined): string =>
  key === undefined || key === '' ? text : text.replaceAll(key, '[redacted]');

/** The innermost reason: `fetch failed` says nothing. */
function reasonOf(error: Error): string {
  let reason: Error = error;
  while (reason.cause instanceof Error) reason = reason.cause;
  const code = 'code' in reason && typeof reason.code === 'string' ? `${reason.code} ` : '';
  return `${code}${reason.message}`;
}
