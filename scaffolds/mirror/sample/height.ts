import type { JsonSchema } from '@counterpart/schemas';
import { isObject, own, toSchema, toSchemas, toStrings } from '../schema/json-value.ts';
import type { Shape } from './shape.ts';

/** Levels of nesting the smallest value of a schema needs: 0 for text, infinite for a type that requires itself. */
export type HeightOf = (schema: JsonSchema) => number;

/** Schemas looked at for one answer, and the height that what lies beyond is taken to have. */
const MAX_NODES = 2_000;
const UNSEEN_HEIGHT = 50;

interface Needs {
  /** Each must have a value, one level down. */
  readonly below: readonly JsonSchema[];
  /** Of each list, one must have a value at the same level. */
  readonly oneOfEach: readonly (readonly JsonSchema[])[];
}

/** A choice without options. */
const IMPOSSIBLE: Needs = { below: [], oneOfEach: [[]] };

function needsOf(shape: Shape): Needs {
  const oneOfEach = shape.choices.map((choice) => choice.options);
  const { required, properties, items, prefixItems, minItems } = shape.keywords;
  const only = shape.types?.filter((type) => type !== 'object' && type !== 'array');
  if (only && only.length > 0) return { below: [], oneOfEach };
  const declared = isObject(properties) ? properties : {};
  const members = toStrings(required).map((name) => toSchema(own(declared, name)));
  const least = typeof minItems === 'number' ? minItems : 0;
  const prefix = toSchemas(prefixItems).slice(0, least);
  const listed = least > prefix.length ? [...prefix, toSchema(items)] : prefix;
  return { below: [...members, ...listed], oneOfEach };
}

/** Heights by rising from the leaves until nothing changes: a least fixed point, so recursion that can end is finite. */
export function createHeights(shapeOf: (schema: JsonSchema) => Shape | undefined): HeightOf {
  const settled = new WeakMap<object, number>();

  function collect(start: JsonSchema): Map<JsonSchema, Needs> {
    const found = new Map<JsonSchema, Needs>();
    const queue = [start];
    for (let schema = queue.pop(); schema !== undefined && found.size < MAX_NODES; schema = queue.pop()) {
      if (found.has(schema)) continue;
      const shape = shapeOf(schema);
      const needs = shape ? needsOf(shape) : IMPOSSIBLE;
      found.set(schema, needs);
      queue.push(...needs.below, ...needs.oneOfEach.flat());
    }
    return found;
  }

  function settle(start: JsonSchema): void {
    const found = collect(start);
    const heights = new Map<JsonSchema, number>();
    const known = (schema: JsonSchema): number =>
      heights.get(schema) ?? (found.has(schema) ? Number.POSITIVE_INFINITY : UNSEEN_HEIGHT);
    for (let changed = true; changed;) {
      changed = false;
      for (const [schema, { below, oneOfEach }] of found) {
        const members = below.map((member) => 1 + known(member));
        const options = oneOfEach.map((list) => Math.min(...list.map(known)));
        const height = Math.max(0, ...members, ...options);
        if (height < known(schema)) {
          heights.set(schema, height);
          changed = true;
        }
      }
    }
    for (const schema of found.keys()) if (typeof schema !== 'boolean') settled.set(schema, known(schema));
  }

  return (schema) => {
    if (typeof schema === 'boolean') return schema ? 0 : Number.POSITIVE_INFINITY;
    if (!settled.has(schema)) settle(schema);
    return settled.get(schema) ?? Number.POSITIVE_INFINITY;
  };
}
