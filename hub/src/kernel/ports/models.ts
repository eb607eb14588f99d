import type { JsonMembers } from './upstream.ts';

// Between those who ask a language model and the room of providers.

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** A question to a model. It holds no secret: whoever asks sees to that. */
export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  /** A JSON Schema that the answer should satisfy; a provider without structured output gives text all the same. */
  readonly answer?: { readonly name: string; readonly schema: JsonMembers } | undefined;
  /** Of the answer. */
  readonly maxTokens?: number | undefined;
}

export interface ModelAnswer {
  readonly text: string;
  /** As the provider names it. */
  readonly model: string;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
}

/** Models of configured providers. */
export interface Models {
  /** Names that can be asked, the default first; empty: no provider is configured. */
  readonly names: readonly string[];
  /**
   * Asks one; default: the first. Rejects with MODEL_MISSING, MODEL_UNREACHABLE, MODEL_REFUSED, MODEL_OVER_QUOTA or
   * MODEL_SLOW, after the retries that each deserves; an abort rejects with the signal's reason.
   */
  ask(
    request: ModelRequest,
    options: {
      readonly model?: string | undefined;
      /** W3C trace id that the provider is told. */
      readonly trace?: string | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<ModelAnswer>;
}
