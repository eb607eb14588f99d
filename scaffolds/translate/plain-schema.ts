import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../mirror/schema/json-value.ts';

/** A schema with the definitions that its references lead to. */
export interface Placed {
  readonly schema: Json | undefined;
  readonly definitions: JsonObject;
}

/** What a schema says, its references followed, its alternatives reduced to what a typed language can tell. */
export interface Plain {
  /** Name of the definition it stands in. */
  readonly name: string | undefined;
  readonly types: ReadonlySet<string>;
  readonly schema: JsonObject;
  readonly isNullable: boolean;
}

const MOST_STEPS = 20;
const REFERENCE = /^#\/\$defs\/(.+)$/;

const listOf = (value: Json | undefined): readonly Json[] => (isArray(value) ? value : []);

const unescaped = (token: string): string =>
  decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');

const isNull = (schema: Json): boolean =>
  isObject(schema) && (schema['type'] === 'null' || schema['const'] === null);

/** Reads a schema as one thing; undefined where it may be several things, or nothing is said. */
export function plainOf(placed: Placed): Plain | undefined {
  let { schema } = placed;
  let name: string | undefined;
  let isNullable = false;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (!isObject(schema)) return undefined;
    const [, token] = REFERENCE.exec(typeof schema['$ref'] === 'string' ? schema['$ref'] : '') ?? [];
    if (token !== undefined) {
      name = unescaped(token);
      schema = placed.definitions[name];
      continue;
    }
    const alternatives = listOf(schema['anyOf'] ?? schema['oneOf']);
    if (alternatives.length > 0) {
      const real = alternatives.filter((one) => !isNull(one));
      isNullable ||= real.length < alternatives.length;
      if (real.length !== 1) return undefined;
      [schema] = real;
      continue;
    }
    return { name, isNullable: isNullable || typesOf(schema).has('null'), ...merged(schema, placed) };
  }
  return undefined;
}

const typesOf = ({ type }: JsonObject): ReadonlySet<string> =>
  new Set([type].flat().filter((one) => typeof one === 'string'));

/** With the members of `allOf` put in, and what the type must be where only its keywords tell. */
function merged(own: JsonObject, { definitions }: Placed): Pick<Plain, 'types' | 'schema'> {
  const parts = listOf(own['allOf']).flatMap((schema) => plainOf({ schema, definitions }) ?? []);
  const all = [...parts.map(({ schema }) => schema), own];
  const properties = all.flatMap((one) =>
    isObject(one['properties']) ? Object.entries(one['properties']) : [],
  );
  const required = all.flatMap((one) => listOf(one['required']));
  const schema: JsonObject = {
    ...Object.fromEntries(all.flatMap((one) => Object.entries(one))),
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  };
  const said = [...typesOf(schema)].filter((type) => type !== 'null');
  const guessed = properties.length > 0 ? ['object'] : Array.isArray(schema['enum']) ? ['string'] : [];
  return { schema, types: new Set(said.length > 0 ? said : guessed) };
}

/** Definitions that a schema leads to, in the order they are met: two schemas with equal text and equal ones say the same. */
export function signatureOf({ schema, definitions }: Placed): string {
  const met = new Map<string, string>();
  const visit = (value: Json | undefined): void => {
    const text = JSON.stringify(value ?? null);
    for (const [, token = ''] of text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)) {
      const name = unescaped(token);
      if (met.has(name)) continue;
      met.set(name, JSON.stringify(definitions[name] ?? null));
      visit(definitions[name]);
    }
  };
  visit(schema);
  return JSON.stringify([schema ?? null, [...met]]);
}
