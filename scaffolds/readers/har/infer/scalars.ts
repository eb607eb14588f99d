import type { Json, JsonObject } from '@counterpart/schemas';
import type { SegmentKind } from '../paths/segment.ts';
import { Numbers } from './numbers.ts';
import { Texts } from './texts.ts';

/** The JSON value that a text of a query, a form or a path stands for; `01234` is a text, `12` may be a number. */
export function scalarOf(text: string): Json {
  if (/^(?:0|-?[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (/^-?(?:0|[1-9]\d{0,12})\.\d{1,8}$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

/** The schema of texts that all stand for one type; a single one that does not makes all of them texts. */
export function scalarSchema(name: string, values: readonly string[]): JsonObject {
  const given = values.filter((value) => value !== '');
  if (given.length === 0) return { type: 'string' };
  const types = new Set(given.map((value) => typeof scalarOf(value)));
  if (types.size === 1 && types.has('boolean')) return { type: 'boolean' };
  if (types.size === 1 && types.has('number')) {
    const numbers = new Numbers();
    for (const value of given) numbers.add(Number(value));
    return numbers.schema(name);
  }
  const texts = new Texts();
  for (const value of given) texts.add(value);
  const choices = texts.choices(name);
  if (texts.format !== undefined) return { type: 'string', format: texts.format };
  return { type: 'string', ...(choices === undefined ? {} : { enum: choices }) };
}

/** The schema of a path parameter. Ids stay open: a service that numbers today may not tomorrow, but kinds are told. */
export function pathSchema(values: readonly string[], kinds: ReadonlySet<SegmentKind>): JsonObject {
  const [only] = kinds;
  if (kinds.size !== 1) return { type: 'string' };
  if (only === 'integer') return scalarSchema('id', values);
  if (only === 'uuid' && values.every((value) => /^[\da-f]{8}-/i.test(value)))
    return { type: 'string', format: 'uuid' };
  if (only === 'date') return scalarSchema('', values);
  return { type: 'string' };
}
