import type { JsonMembers } from './upstream.ts';

// Between those who have a model answer and the room of providers. The shapes are neutral between dialects: they follow the
// items of Open Responses, so that a conversation can go on with another provider at any point.

/** A piece of what somebody said. */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  /** An `https:` or `data:` URL. */
  | { readonly type: 'image'; readonly url: string; readonly detail?: string | undefined }
  /** `data` is a `data:` URL in base64. */
  | { readonly type: 'file'; readonly data: string; readonly filename?: string | undefined };

/** One item of a conversation, in order. A call is followed by its output before the model is asked again. */
export type ChatItem =
  | {
      readonly type: 'message';
      readonly role: 'system' | 'developer' | 'user' | 'assistant';
      readonly content: readonly ChatPart[];
    }
  | {
      readonly type: 'function_call';
      readonly callId: string;
      readonly name: string;
      /** JSON text as the model wrote it: not validated. */
      readonly arguments: string;
    }
  | { readonly type: 'function_call_output'; readonly callId: string; readonly output: string }
  /** What a model thought before it answered; only shown, never sent to another model. */
  | { readonly type: 'reasoning'; readonly text: string };

/** A tool as a model sees it. */
export interface ChatTool {
  readonly name: string;
  readonly description?: string | undefined;
  /** A JSON Schema of an object. */
  readonly parameters: JsonMembers;
  readonly strict?: boolean | undefined;
}

/** How a model should answer, under OpenAI's names. Absent: as the provider does it. */
export interface GenerationSettings {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly seed?: number | undefined;
  readonly reasoningEffort?: string | undefined;
  readonly verbosity?: string | undefined;
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string } | undefined;
  readonly parallelToolCalls?: boolean | undefined;
  /** Text, any JSON object, or JSON that satisfies a schema. */
  readonly format?:
    | { readonly type: 'text' | 'json_object' }
    | {
        readonly type: 'json_schema';
        readonly name: string;
        readonly schema: JsonMembers;
        readonly strict?: boolean | undefined;
      }
    | undefined;
}

/** One question to one model. */
export interface GenerationRequest extends GenerationSettings {
  readonly items: readonly ChatItem[];
  readonly tools?: readonly ChatTool[] | undefined;
  /** Nobody is shown the answer before its end: it may be told then, where that tells thoughts and text apart better. */
  readonly isWhole?: boolean | undefined;
}

/** Tokens as the provider counts them, estimated where it does not say; `cached` is part of `input`, `reasoning` part of `output`. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cached?: number | undefined;
  readonly reasoning?: number | undefined;
}

export type GenerationFinish = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** What comes of a question, in the order it came. The last one is `end`; a failure rejects instead. */
export type GenerationEvent =
  /** An empty text says that words came which are told later. */
  | { readonly type: 'text' | 'reasoning' | 'refusal'; readonly delta: string }
  /** `index` tells the calls of one answer apart; id and name stand in the first event of each. */
  | {
      readonly type: 'call';
      readonly index: number;
      readonly callId?: string | undefined;
      readonly name?: string | undefined;
      readonly delta: string;
    }
  | {
      readonly type: 'end';
      readonly finish: GenerationFinish;
      readonly usage: TokenUsage;
      /** As the provider names it. */
      readonly model: string;
      /** Sources that a provider names for its answer, such as Perplexity's. */
      readonly citations?: readonly string[] | undefined;
    };

/** A configured model: `id` is `<provider>/<model>`, as clients name it. */
export interface ModelInfo {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  /** Whether it runs on a machine of the owner's: what is sensitive may be told to it. */
  readonly isLocal: boolean;
  readonly contextTokens: number;
  readonly takesTools: boolean;
  readonly takesImages: boolean;
  /** `embedding`: it is asked for vectors only. Absent: it chats. */
  readonly use?: 'chat' | 'embedding' | undefined;
  /** United States dollars for a million tokens. */
  readonly price: { readonly input: number; readonly output: number };
  /** False: nobody says what it costs, and `price` is 0. */
  readonly priceKnown?: boolean | undefined;
  /** Of memory that answering takes on this machine; undefined: none, or not known. */
  readonly memoryMb?: number | undefined;
  /** Of it, the model itself; the rest is what conversations take. Undefined: nobody says. */
  readonly weightsMb?: number | undefined;
}

/** How a provider does right now. `open`: its circuit is open, it is not asked before `retryAt` (ms since the epoch). */
export interface ProviderHealth {
  readonly provider: string;
  readonly state: 'unknown' | 'ok' | 'failing' | 'open';
  readonly retryAt?: number | undefined;
  readonly problem?: string | undefined;
  /** Median milliseconds to the first token of the last answers; undefined before the first. */
  readonly firstTokenMs?: number | undefined;
  /** Median tokens a second while the last answers came. */
  readonly tokensPerSecond?: number | undefined;
  /** Questions since the hub started, by how they ended. */
  readonly answered?: number | undefined;
  readonly failed?: number | undefined;
  /** Answers that are being given, and questions that wait their turn. */
  readonly active?: number | undefined;
  readonly waiting?: number | undefined;
}

/** Models of all configured providers, one at a time: who answers is decided elsewhere (`ChatRouter`). */
export interface Generations {
  models(): readonly ModelInfo[];
  health(): readonly ProviderHealth[];
  /**
   * Asks one model, after the retries that its provider's configuration allows and only while nothing came of it. Throws
   * MODEL_MISSING, MODEL_UNREACHABLE, MODEL_BROKEN (HTML, half an answer), MODEL_REFUSED, MODEL_KEY_REFUSED, MODEL_FILTERED,
   * MODEL_OVER_QUOTA, MODEL_OVER_CONTEXT or MODEL_SLOW, at the first event or later; an abort rejects with the signal's reason.
   */
  generate(
    request: GenerationRequest,
    options: { readonly model: string; readonly signal: AbortSignal },
  ): AsyncIterable<GenerationEvent>;
  embed(
    texts: readonly string[],
    options: {
      readonly model: string;
      readonly dimensions?: number | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<{
    readonly vectors: readonly (readonly number[])[];
    readonly tokens: number;
    readonly model: string;
  }>;
}
