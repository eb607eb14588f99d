import type { ProviderKind, Structured } from '@counterpart/schemas';
import type { Place } from '../kinds.ts';

/** How a family of providers takes `/chat/completions`, where it is not as OpenAI does. */
export interface Dialect {
  readonly structured: Structured;
  /** `developer` messages are known; elsewhere they are system messages. */
  readonly developerRole: boolean;
  /** System messages stand together at the beginning, and nobody speaks twice in a row: chat templates insist on it. */
  readonly strictTurns: boolean;
  /** Tools at all; where not, calls and their outputs are told in words. */
  readonly tools: boolean;
  /** `strict` of tools. */
  readonly strictTools: boolean;
  readonly parallelToolCalls: boolean;
  /** How "some tool must be called" is said. */
  readonly required: 'required' | 'any';
  /** `stream_options: { include_usage: true }`. */
  readonly streamOptions: boolean;
  readonly maxTokens: 'max_completion_tokens' | 'max_tokens';
  readonly seed: 'seed' | 'random_seed' | undefined;
  readonly reasoningEffort: boolean;
  readonly verbosity: boolean;
  /** How files stand in a message; undefined: only what is text is told, in words. */
  readonly files: 'file' | 'document_url' | undefined;
  readonly stop: boolean;
  readonly highestTemperature: number;
  /** Ids of calls have nine letters or digits; others are replaced, the same one always by the same. */
  readonly shortCallIds: boolean;
  /** What of JSON Schema is taken in tools. `plain`: without `$schema`, `$id` and `$comment`. */
  readonly schemas: 'all' | 'plain';
  /** Thoughts may stand in the text, in `<think>`. */
  readonly thinksInText: boolean;
  /** Calls come with a signature that must be shown again with them. */
  readonly signedCalls: boolean;
}

const OPENAI: Dialect = {
  structured: 'json_schema',
  developerRole: true,
  strictTurns: false,
  tools: true,
  strictTools: true,
  parallelToolCalls: true,
  required: 'required',
  streamOptions: true,
  maxTokens: 'max_completion_tokens',
  seed: 'seed',
  reasoningEffort: true,
  verbosity: true,
  files: 'file',
  stop: true,
  highestTemperature: 2,
  shortCallIds: false,
  schemas: 'all',
  thinksInText: false,
  signedCalls: false,
};

/** What every program takes that calls itself compatible. */
const COMMON: Dialect = {
  ...OPENAI,
  developerRole: false,
  strictTurns: true,
  strictTools: false,
  parallelToolCalls: false,
  reasoningEffort: false,
  verbosity: false,
  files: undefined,
  maxTokens: 'max_tokens',
  schemas: 'plain',
  thinksInText: true,
};

const DIALECTS: Readonly<Record<ProviderKind, Dialect>> = {
  openai: OPENAI,
  // Its compatible endpoint passes over response_format, strict, seed and reasoning_effort.
  anthropic: {
    ...OPENAI,
    structured: 'none',
    developerRole: false,
    strictTurns: true,
    strictTools: false,
    seed: undefined,
    reasoningEffort: false,
    verbosity: false,
    files: undefined,
    highestTemperature: 1,
  },
  perplexity: {
    ...COMMON,
    tools: false,
    seed: undefined,
    stop: false,
    streamOptions: false,
    highestTemperature: 1.99,
  },
  gemini: { ...COMMON, reasoningEffort: true, thinksInText: false, signedCalls: true },
  mistral: {
    ...COMMON,
    parallelToolCalls: true,
    required: 'any',
    seed: 'random_seed',
    streamOptions: false,
    files: 'document_url',
    highestTemperature: 1.5,
    shortCallIds: true,
    thinksInText: false,
  },
  openrouter: {
    ...OPENAI,
    developerRole: false,
    strictTools: false,
    maxTokens: 'max_tokens',
    thinksInText: true,
  },
  ollama: { ...COMMON, strictTurns: false, reasoningEffort: true },
  'llama.cpp': { ...COMMON, parallelToolCalls: true, shortCallIds: true },
  vllm: { ...COMMON, parallelToolCalls: true, reasoningEffort: true, shortCallIds: true },
  lmstudio: COMMON,
  other: COMMON,
};

/** The ways of a family. */
export const dialectOf = (kind: ProviderKind): Dialect => DIALECTS[kind];

/** The ways of one place; what only answers as OpenAI's API does may be any model, which thinks in any way. */
export function dialectAt({ kind, isOwn }: Pick<Place, 'kind' | 'isOwn'>): Dialect {
  const dialect = DIALECTS[kind];
  return kind === 'openai' && !isOwn ? { ...dialect, thinksInText: true } : dialect;
}
