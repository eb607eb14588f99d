import { isMembers, membersOf } from '../../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../../kernel/ports.ts';
import type { FoundModel } from '../models.ts';

const BYTES_PER_MB = 1_048_576;

const positive = (...values: readonly unknown[]): number | undefined =>
  values.find((value): value is number => typeof value === 'number' && value > 0 && Number.isFinite(value));

const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

const holds = (list: unknown, value: string): boolean | undefined =>
  Array.isArray(list) ? list.includes(value) : undefined;

/** The same without what is not known. */
function known(facts: { readonly [Name in keyof FoundModel]: FoundModel[Name] | undefined }): FoundModel {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * Models of `GET /models`, by name, with what of them is told: each program has members of its own for it (vLLM, LM Studio,
 * llama.cpp, OpenRouter, Mistral, Anthropic).
 */
export function listedModels(body: unknown): Map<string, FoundModel> {
  const { data, models } = membersOf(body);
  const list = Array.isArray(data) ? data : Array.isArray(models) ? models : Array.isArray(body) ? body : [];
  const found = new Map<string, FoundModel>();
  for (const one of list) {
    const { id, name } = membersOf(one);
    const called = typeof id === 'string' ? id : name;
    if (typeof called === 'string' && called !== '')
      found.set(called.replace(/^models\//, ''), listed(membersOf(one)));
  }
  return found;
}

function listed(model: JsonMembers): FoundModel {
  const meta = membersOf(model['meta']);
  const { capabilities } = model;
  const able = membersOf(capabilities);
  const bytes = positive(meta['size']);
  return known({
    contextTokens: positive(
      model['loaded_context_length'],
      model['context_length'],
      model['max_model_len'],
      model['max_context_length'],
      model['context_window'],
      model['max_input_tokens'],
      meta['n_ctx'],
    ),
    takesTools:
      holds(model['supported_parameters'], 'tools') ??
      holds(capabilities, 'tool_use') ??
      flag(able['function_calling']),
    takesImages:
      holds(membersOf(model['architecture'])['input_modalities'], 'image') ??
      flag(able['vision']) ??
      (model['type'] === 'vlm' ? true : undefined),
    use: model['type'] === 'embeddings' || model['type'] === 'embedding' ? 'embedding' : undefined,
    price: priceOf(model['pricing']),
    ...weighing(bytes),
  });
}

/** A model on disk: what it will take of memory at least. */
const weighing = (bytes: number | undefined) => {
  const weightsMb = bytes === undefined ? undefined : Math.ceil(bytes / BYTES_PER_MB);
  return { memoryMb: weightsMb, weightsMb };
};

/** OpenRouter says dollars for one token, as text. */
function priceOf(pricing: unknown): FoundModel['price'] | undefined {
  const { prompt, completion } = membersOf(pricing);
  const [input, output] = [perMillion(prompt), perMillion(completion)];
  return input === undefined || output === undefined ? undefined : { input, output };
}

function perMillion(text: unknown): number | undefined {
  const dollars = typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
  return Number.isFinite(dollars) && dollars >= 0 ? Math.round(dollars * 1e12) / 1e6 : undefined;
}

/** Ollama's `/api/show`: what a model can do; its `num_ctx` is what it is started with. */
export function shownModel(body: unknown): FoundModel {
  const { capabilities, parameters } = membersOf(body);
  const context = typeof parameters === 'string' ? /^num_ctx\s+(\d+)/m.exec(parameters)?.[1] : undefined;
  return known({
    contextTokens: context === undefined ? undefined : Number(context),
    takesTools: holds(capabilities, 'tools'),
    takesImages: holds(capabilities, 'vision'),
    use:
      holds(capabilities, 'embedding') === true && holds(capabilities, 'completion') !== true
        ? 'embedding'
        : undefined,
  });
}

/** Ollama's `/api/ps` (loaded) and `/api/tags` (files): what is loaded says what it takes, a file what it will take at least. */
export function sizedModels(body: unknown, are: 'loaded' | 'files'): Map<string, FoundModel> {
  const { models } = membersOf(body);
  const found = new Map<string, FoundModel>();
  for (const one of Array.isArray(models) ? models : []) {
    const { name, size, context_length: contextTokens } = membersOf(one);
    const bytes = positive(size);
    if (typeof name !== 'string') continue;
    found.set(
      name,
      known({
        contextTokens: positive(contextTokens),
        ...(are === 'files'
          ? weighing(bytes)
          : { memoryMb: bytes === undefined ? undefined : Math.ceil(bytes / BYTES_PER_MB) }),
      }),
    );
  }
  return found;
}

/** What a question of one word becomes by a model's template: the text of llama.cpp's, the tokens of vLLM's. */
export function templatedModel(body: unknown): FoundModel {
  const { prompt, token_strs: tokens } = membersOf(body);
  const text = typeof prompt === 'string' ? prompt : Array.isArray(tokens) ? tokens.join('') : undefined;
  return known({ startsThinking: text === undefined ? undefined : OPENED.test(text) });
}

/** Of tokens, `Ċ` is the end of a line, as their makers write it. */
const OPENED = /<think>[\sĊĠ▁]*$/;

/** llama.cpp's `/props`, or `/slots` where that is switched off: what one conversation may take, and whether it sees. */
export function servedModel(body: unknown): FoundModel {
  const slot: unknown = Array.isArray(body) ? body[0] : membersOf(body)['default_generation_settings'];
  const { modalities, chat_template_caps: caps } = membersOf(body);
  const { reasoning_format: thoughts } = membersOf(membersOf(slot)['params']);
  return known({
    contextTokens: positive(membersOf(slot)['n_ctx']),
    // In every other format it tells thoughts beside the text itself.
    startsThinking: typeof thoughts === 'string' && thoughts !== 'none' ? false : undefined,
    takesImages: isMembers(modalities) ? flag(modalities['vision']) : undefined,
    takesTools: isMembers(caps) ? flag(caps['supports_tools']) : undefined,
  });
}
