import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../../openapi/source/json-tree.ts';
import { MAX_ITEMS, MAX_MEMBERS, MAX_VALUE_DEPTH } from '../limits.ts';
import { isIdShaped, segmentOf } from '../paths/segment.ts';
import { Numbers } from './numbers.ts';
import { Texts } from './texts.ts';

/** Samples needed before a member that was always there is said to be required. */
const MIN_SAMPLES = 2;

/** Everything met in one place of many bodies; becomes the narrowest schema that accepts all of it. */
export class Samples {
  #count = 0;
  #nulls = 0;
  #booleans = 0;
  readonly #numbers = new Numbers();
  #texts: Texts | undefined;
  #textCount = 0;
  #lists = 0;
  #items: Samples | undefined;
  #objects = 0;
  #tooDeep = false;
  readonly #members = new Map<string, Samples>();
  #memberOverflow = false;

  /** How many values were met. */
  get count(): number {
    return this.#count;
  }

  add(value: Json, depth = 0): void {
    this.#count += 1;
    if (value === null) this.#nulls += 1;
    else if (typeof value === 'boolean') this.#booleans += 1;
    else if (typeof value === 'number') this.#numbers.add(value);
    else if (typeof value === 'string') this.#addText(value);
    else if (depth >= MAX_VALUE_DEPTH) this.#tooDeep = true;
    else if (isArray(value)) this.#addList(value, depth);
    else if (isObject(value)) this.#addObject(value, depth);
  }

  #addText(value: string): void {
    this.#textCount += 1;
    this.#texts ??= new Texts();
    this.#texts.add(value);
  }

  #addList(value: readonly Json[], depth: number): void {
    this.#lists += 1;
    this.#items ??= new Samples();
    for (const item of value.slice(0, MAX_ITEMS)) this.#items.add(item, depth + 1);
  }

  #addObject(value: JsonObject, depth: number): void {
    this.#objects += 1;
    for (const [name, one] of Object.entries(value)) {
      if (name === '__proto__') continue;
      let samples = this.#members.get(name);
      if (samples === undefined) {
        if (this.#members.size >= MAX_MEMBERS) this.#memberOverflow = true;
        if (this.#memberOverflow) continue;
        samples = new Samples();
        this.#members.set(name, samples);
      }
      samples.add(one, depth + 1);
    }
  }

  /** The schema; `name` is what the values are called, which tells choices from words. */
  schema(name = ''): JsonObject {
    const kinds = [
      ...(this.#booleans > 0 ? [{ type: 'boolean' }] : []),
      ...(this.#numbers.count > 0 ? [this.#numbers.schema(name)] : []),
      ...(this.#textCount > 0 ? [this.#textSchema(name)] : []),
      ...(this.#lists > 0 ? [this.#listSchema(name)] : []),
      ...(this.#objects > 0 ? [this.#objectSchema()] : []),
    ];
    if (this.#tooDeep || kinds.length === 0) return {};
    const [only] = kinds;
    if (kinds.length > 1) return { anyOf: [...kinds, ...(this.#nulls > 0 ? [{ type: 'null' }] : [])] };
    return this.#nulls > 0 ? nullable(only ?? {}) : (only ?? {});
  }

  #textSchema(name: string): JsonObject {
    const format = this.#texts?.format;
    if (format !== undefined) return { type: 'string', format };
    const choices = this.#texts?.choices(name);
    return choices === undefined ? { type: 'string' } : { type: 'string', enum: choices };
  }

  #listSchema(name: string): JsonObject {
    const items = this.#items;
    return {
      type: 'array',
      ...(items === undefined || items.count === 0 ? {} : { items: items.schema(name) }),
    };
  }

  #objectSchema(): JsonObject {
    if (this.#isMap()) {
      const values = new Samples();
      for (const samples of this.#members.values()) values.#merge(samples);
      return { type: 'object', additionalProperties: values.schema() };
    }
    const members = [...this.#members];
    const required = members
      .filter(([, samples]) => samples.count === this.#objects && this.#objects >= MIN_SAMPLES)
      .map(([name]) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(members.map(([name, samples]) => [name, samples.schema(name)])),
      ...(required.length > 0 ? { required } : {}),
    };
  }

  /** Keys are data where all of them look like ids, or where there are very many and no two objects share them. */
  #isMap(): boolean {
    if (this.#memberOverflow) return true;
    const names = [...this.#members.keys()];
    if (names.length === 0) return false;
    const ids = names.filter((name) => {
      const segment = segmentOf(name);
      return isIdShaped(segment) && segment.kind !== 'slug' && segment.kind !== 'odd';
    });
    if (ids.length === names.length && names.length >= 2) return true;
    const isSparse = [...this.#members.values()].every(({ count }) => count * 4 <= this.#objects);
    return names.length >= 24 && isSparse && ids.length * 2 >= names.length;
  }

  /** Takes in what other samples met. */
  #merge(other: Samples): void {
    this.#count += other.#count;
    this.#nulls += other.#nulls;
    this.#booleans += other.#booleans;
    this.#numbers.merge(other.#numbers);
    // Texts of two places have no format in common that could be known.
    this.#texts = this.#textCount === 0 ? other.#texts : other.#textCount === 0 ? this.#texts : undefined;
    this.#textCount += other.#textCount;
    this.#tooDeep ||= other.#tooDeep;
    this.#lists += other.#lists;
    if (other.#items) (this.#items ??= new Samples()).#merge(other.#items);
    this.#objects += other.#objects;
    for (const [name, samples] of other.#members) {
      const own = this.#members.get(name) ?? new Samples();
      this.#members.set(name, own);
      own.#merge(samples);
    }
  }
}

function nullable(schema: JsonObject): JsonObject {
  const { type, enum: choices } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(isArray(choices) ? { enum: [...choices, null] } : {}) };
}
