import { hubError } from '@counterpart/schemas';
import { atMost } from '../../../kernel/at-most.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { JsonMembers } from '../../../kernel/ports.ts';
import { Deadline } from '../exchange/deadline.ts';
import { Refused, request, textOf } from '../exchange/exchange.ts';
import type { Line } from '../exchange/line.ts';
import type { FoundModel } from '../models.ts';
import type { Seat } from '../seat.ts';
import { listedModels, servedModel, shownModel, sizedModels, templatedModel } from './found-models.ts';

/** What asking a provider about itself needs. */
export interface Probing {
  readonly seat: Seat;
  readonly open: () => Promise<Line>;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

const LIMIT_MS = 10_000;
/** Of one provider: each is a request. */
const MOST_SHOWN = 64;
const AT_A_TIME = 4;
const GREETING = { role: 'user', content: 'Hi' };

/**
 * The models that a provider lists, with what it says of them; undefined: it has no list. Rejects with the catalogue's
 * `MODEL_…` errors, or the signal's reason.
 */
export async function probe(probing: Probing): Promise<ReadonlyMap<string, FoundModel> | undefined> {
  const { seat, clock, signal } = probing;
  const watch = new Deadline(signal, clock);
  watch.until(clock.now() + LIMIT_MS, () =>
    hubError('MODEL_SLOW', { model: seat.name, seconds: LIMIT_MS / 1_000, detail: '' }),
  );
  try {
    return await found({ ...probing, signal: watch.signal });
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    if (cause.status === 404 || cause.status === 405) return undefined;
    throw cause.problem;
  } finally {
    watch.close();
  }
}

async function found(probing: Probing): Promise<ReadonlyMap<string, FoundModel>> {
  const { baseUrl, kind } = probing.seat.place;
  const root = baseUrl.replace(/\/v1$/, '');
  const listed = listedModels(await read(probing, `${baseUrl}/models`));
  if (kind === 'ollama') return await askOllama(probing, root, listed);
  if (kind === 'llama.cpp') {
    const served = servedModel(
      (await maybe(probing, `${root}/props`)) ?? (await maybe(probing, `${root}/slots`)),
    );
    const templated = templatedModel(
      await maybe(probing, `${root}/apply-template`, { messages: [GREETING] }),
    );
    return new Map([...listed].map(([name, model]) => [name, { ...model, ...templated, ...served }]));
  }
  if (kind === 'vllm') return together(listed, await askTemplates(probing, root, listed));
  if (kind === 'lmstudio')
    return together(listed, listedModels(await maybe(probing, `${root}/api/v0/models`)));
  return listed;
}

/** vLLM shows a question as its model is given it. */
async function askTemplates(
  probing: Probing,
  root: string,
  listed: ReadonlyMap<string, FoundModel>,
): Promise<ReadonlyMap<string, FoundModel>> {
  const names = [...listed.keys()].slice(0, MOST_SHOWN);
  const shown = await atMost(AT_A_TIME, names, async (model): Promise<[string, FoundModel]> => {
    const question = { model, messages: [GREETING], return_token_strs: true };
    return [model, templatedModel(await maybe(probing, `${root}/tokenize`, question))];
  });
  return new Map(shown);
}

async function askOllama(
  probing: Probing,
  root: string,
  listed: ReadonlyMap<string, FoundModel>,
): Promise<ReadonlyMap<string, FoundModel>> {
  const [files, loaded] = await Promise.all([
    maybe(probing, `${root}/api/tags`),
    maybe(probing, `${root}/api/ps`),
  ]);
  const names = [...listed.keys()].slice(0, MOST_SHOWN);
  const shown = await atMost(AT_A_TIME, names, async (model): Promise<[string, FoundModel]> => [
    model,
    shownModel(await maybe(probing, `${root}/api/show`, { model })),
  ]);
  return together(listed, sizedModels(files, 'files'), new Map(shown), sizedModels(loaded, 'loaded'));
}

/** What is said later is preferred; only models of the first list count. */
function together(
  listed: ReadonlyMap<string, FoundModel>,
  ...more: readonly ReadonlyMap<string, FoundModel>[]
): ReadonlyMap<string, FoundModel> {
  return new Map(
    [...listed].map(([name, model]) => [
      name,
      more.reduce<FoundModel>((known, one) => ({ ...known, ...one.get(name) }), model),
    ]),
  );
}

/** A part that not every version has. */
async function maybe(probing: Probing, url: string, body?: JsonMembers): Promise<unknown> {
  try {
    return await read(probing, url, body);
  } catch (cause) {
    if (cause instanceof Refused && cause.status !== undefined) return undefined;
    throw cause;
  }
}

async function read(
  { open, seat, clock, redact, signal }: Probing,
  url: string,
  body?: JsonMembers,
): Promise<unknown> {
  const line = await open();
  const reply = await request(line, {
    method: body === undefined ? 'get' : 'post',
    path: url,
    body,
    model: seat.name,
    signal,
    now: () => clock.now(),
    redact,
    ...(seat.place.kind === 'anthropic' ? { headers: anthropicHeaders(line) } : {}),
  });
  const text = await textOf(reply).catch(() => '');
  if (signal.aborted) throw signal.reason;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const detail = `${url} gives no JSON`;
    throw hubError('MODEL_BROKEN', { model: seat.name, detail }, { cause });
  }
}

/** Its list is not part of its compatible endpoint, and wants the key in another place. */
const anthropicHeaders = ({ key }: Line) => ({
  'anthropic-version': '2023-06-01',
  'x-api-key': key,
  authorization: undefined,
});
