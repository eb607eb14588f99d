import type { Json } from '@counterpart/schemas';
import { isList, isMembers, type Members } from '../json-value.ts';

/** Largest input schema in bytes whose words stay as they are: with an answer's schema one tool stays below 24 kB. */
const MOST_BYTES = 18_000;
/** Characters of one description, tried in turn. */
const LENGTHS = [160, 100, 60, 30, 0] as const;

/** What a model gets wrong without: what holds when nothing is given, and in what it is counted. */
const TELLING =
  /\b(?:default|unit|seconds?|minutes?|hours?|days?|milliseconds?|bytes?|percent|cents|UTC|ISO ?8601|RFC ?3339|required|must)\b/i;

/** The first sentence and the telling ones behind it, as far as they fit; a first one that is too long ends after a word. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const [first = '', ...rest] = text.split(/(?<=[.!?])\s+/);
  const telling = rest.filter((sentence) => TELLING.test(sentence));
  if (first.length > most) {
    const words = text.slice(0, most).replace(/\s+\S*$/, '');
    return words === '' ? '' : `${words}…`;
  }
  return telling.reduce(
    (kept, sentence) => (kept.length + sentence.length < most ? `${kept} ${sentence}` : kept),
    first,
  );
}

const MAPS = new Set(['properties', '$defs', 'patternProperties', 'dependentSchemas']);
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const SINGLE = new Set([
  'items',
  'additionalProperties',
  'propertyNames',
  'contains',
  'not',
  'if',
  'then',
  'else',
]);

/** The same schema with shorter words; data in it (`enum`, `default`, `examples`) stays, and so does every keyword. */
function withShorterWords(schema: Json, most: number): Json {
  if (!isMembers(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]): [string, Json][] => {
      if (key === 'description' && typeof value === 'string') {
        const words = cut(value, most);
        return words === '' ? [] : [[key, words]];
      }
      if (SINGLE.has(key)) return [[key, withShorterWords(value, most)]];
      if (LISTS.has(key) && isList(value)) return [[key, value.map((item) => withShorterWords(item, most))]];
      if (!MAPS.has(key) || !isMembers(value)) return [[key, value]];
      return [[key, shorterMap(value, most)]];
    }),
  );
}

const shorterMap = (map: Members, most: number): Members =>
  Object.fromEntries(Object.entries(map).map(([name, schema]) => [name, withShorterWords(schema, most)]));

/**
 * An input schema over the budget with fewer words in the types it shares and, where that is not enough, everywhere below
 * its own properties: what is said of these themselves stays longest. Form, defaults and enums never change.
 */
export function shortenInput<Schema extends { readonly [keyword: string]: unknown }>(schema: Schema): Schema {
  const size = (value: object): number => Buffer.byteLength(JSON.stringify(value));
  let shorter: Schema = schema;
  for (const most of LENGTHS) {
    if (size(shorter) <= MOST_BYTES) return shorter;
    const definitions = shorter['$defs'];
    const properties = shorter['properties'];
    shorter = {
      ...shorter,
      ...(isMembers(definitions) ? { $defs: shorterMap(definitions, most) } : {}),
      ...(isMembers(properties) && most < 100
        ? { properties: shorterMap(properties, Math.max(most, 60)) }
        : {}),
    };
  }
  return shorter;
}
