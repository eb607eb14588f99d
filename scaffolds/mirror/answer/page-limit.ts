import type { Json, JsonSchema } from '@counterpart/schemas';
import { PLAIN_LIMITS } from '../keep/list/paging.ts';
import type { DecodedRequest } from '../request/decode-request.ts';
import { isObject } from '../schema/json-value.ts';
import type { SchemaBook } from '../schema/schema-book.ts';

const LIMIT_NAMES = new Set(PLAIN_LIMITS);

/** The answer with no more entries than the request asked for, where that leaves it true to its schema. */
export function limitPage(request: DecodedRequest, answer: Json, schema: JsonSchema, book: SchemaBook): Json {
  const limit = askedLimit(request);
  if (limit === undefined) return answer;
  const shorter = shortened(answer, limit);
  return book.accepts(schema, shorter) ? shorter : answer;
}

function askedLimit({ parameters }: DecodedRequest): number | undefined {
  const named = parameters.find(
    ({ binding }) =>
      binding.in === 'query' && LIMIT_NAMES.has(binding.name.replaceAll(/[^a-z]/gi, '').toLowerCase()),
  );
  return typeof named?.value === 'number' && named.value >= 1 ? Math.floor(named.value) : undefined;
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** A list itself, or the only list an object holds: of several nobody knows which is the page. */
function shortened(answer: Json, limit: number): Json {
  if (isList(answer)) return answer.slice(0, limit);
  if (!isObject(answer)) return answer;
  const [first, ...others] = Object.entries(answer).filter(([, member]) => isList(member));
  if (first === undefined || others.length > 0) return answer;
  const [name, list] = first;
  return isList(list) ? { ...answer, [name]: list.slice(0, limit) } : answer;
}
