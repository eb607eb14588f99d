import { REDACTED, type Json, type JsonObject } from '@counterpart/schemas';
import type { Exchange } from '../entries/exchange.ts';
import { pathSchema, scalarOf, scalarSchema } from '../infer/scalars.ts';
import type { PathGroup } from '../paths/templates.ts';
import { isCommonHeader, type DetectedAuth } from '../secrets/auth.ts';
import { isSecretName } from '../../../secrets/names.ts';
import { looksRandom } from '../../../secrets/random.ts';
import type { Vault } from '../secrets/vault.ts';

/** What reading the parts of one operation needs. */
export interface Reading {
  readonly vault: Vault;
  readonly auth: DetectedAuth;
}

/** Added by campaigns and by code that outwits caches; no parameter of an interface. */
const PASSING =
  /^(?:utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|_ga|_gl|_hsenc|_hsmi|cachebuster|cache_?bust|nocache|_dc|_t|_)$/i;
/** Calls after which a parameter that was always there is one that must be. */
const MIN_CALLS = 3;
const MAX_HEADERS = 12;
const MAX_EXAMPLE_CHARS = 40;

/** The parameters of the path, as OpenAPI has them. */
export function pathParameters({ parameters }: PathGroup, { vault }: Reading): JsonObject[] {
  return parameters.map(({ name, values, kinds }) => ({
    name,
    in: 'path',
    required: true,
    schema: { ...pathSchema(values, kinds), ...examplesOf(name, values, vault) },
  }));
}

/** The parameters of the query: a name that was given twice in one call is a list. */
export function queryParameters(exchanges: readonly Exchange[], { vault, auth }: Reading): JsonObject[] {
  const byName = new Map<string, { values: string[]; calls: number; repeated: boolean }>();
  for (const { query } of exchanges) {
    for (const [name, values] of Map.groupBy(query, ([one]) => one)) {
      const known = byName.get(name) ?? { values: [], calls: 0, repeated: false };
      known.values.push(...values.map(([, value]) => value));
      byName.set(name, {
        values: known.values,
        calls: known.calls + 1,
        repeated: known.repeated || values.length > 1,
      });
    }
  }
  const kept = [...byName].filter(
    ([name]) => name !== '' && !PASSING.test(name) && !auth.carries('query', name),
  );
  return kept.map(([name, { values, calls, repeated }]) => {
    const one = { ...scalarSchema(name, values), ...examplesOf(name, values, vault) };
    const isList = repeated || name.endsWith('[]');
    return {
      name: vault.key(name),
      in: 'query',
      ...(exchanges.length >= MIN_CALLS && calls === exchanges.length ? { required: true } : {}),
      schema: isList ? { type: 'array', items: one } : one,
    };
  });
}

/** What a client says of itself where it reads, and of the call where it writes. */
const WRITE_HEADERS: ReadonlyMap<string, string> = new Map([
  [
    'if-match',
    'ETag of the version that is changed, as the service gave it; with another one the service refuses.',
  ],
  ['if-none-match', '`*`: only where nothing is there yet.'],
  ['if-unmodified-since', 'Only where nothing has changed since this time.'],
  ['idempotency-key', 'A text of your choice; the service does not act twice for the same one.'],
  ['x-idempotency-key', 'A text of your choice; the service does not act twice for the same one.'],
]);

/** Headers that are the service's own; one that never changed is sent as it was. */
export function headerParameters(exchanges: readonly Exchange[], { vault, auth }: Reading): JsonObject[] {
  const byName = Map.groupBy(
    exchanges.flatMap(({ headers }) => headers),
    ([name]) => name,
  );
  const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(exchanges[0]?.method ?? '');
  const isOwn = (name: string): boolean =>
    !isCommonHeader(name) && name !== 'cookie' && !auth.carries('header', name) && /^[\w-]+$/.test(name);
  const own = [...byName].filter(([name]) => isOwn(name) || (isWrite && WRITE_HEADERS.has(name)));
  return own.slice(0, MAX_HEADERS).map(([name, pairs]) => {
    const values = pairs.map(([, value]) => value);
    const [first = ''] = values;
    const clean = vault.named(name, first);
    const isConstant = values.every((value) => value === first) && values.length === exchanges.length;
    const about = WRITE_HEADERS.get(name);
    // Of a condition only `*` is the same in the next call.
    const isLasting = about === undefined || first === '*';
    const isPlain = isLasting && clean === first && first.length <= 100 && !looksRandom(first);
    return {
      name,
      in: 'header',
      ...(about === undefined ? {} : { description: about }),
      schema: isConstant && isPlain ? { type: 'string', default: first } : { type: 'string' },
    };
  });
}

/** Two values that show what is meant, where they are short and say nothing of anybody. */
export function examplesOf(name: string, values: readonly string[], vault: Vault): { examples?: Json[] } {
  if (isSecretName(name)) return {};
  const shown = [...new Set(values)].filter(
    (value) =>
      value !== '' &&
      value.length <= MAX_EXAMPLE_CHARS &&
      vault.named(name, value) === value &&
      !looksRandom(value),
  );
  const types = new Set(values.filter((value) => value !== '').map((value) => typeof scalarOf(value)));
  const examples = shown.slice(0, 2).map((value) => (types.size === 1 ? scalarOf(value) : value));
  return examples.length === 0 || examples.includes(REDACTED) ? {} : { examples };
}
