import type { Blueprint, Json, JsonSchema } from '@counterpart/schemas';
import { isList } from '../json-value.ts';
import { resolveSchema } from './references.ts';

type Keywords = { readonly [keyword: string]: Json };

interface Detail {
  /** Levels of objects and lists that are told of. */
  readonly depth: number;
  readonly words: boolean;
}

/** From the richest outline to none at all. */
const DETAILS: readonly Detail[] = [
  { depth: 3, words: false },
  { depth: 2, words: true },
  { depth: 2, words: false },
  { depth: 1, words: true },
  { depth: 1, words: false },
];

/** Members of all `allOf` branches together: what an object of this schema may have at its top. */
function membersOf(schema: Keywords, types: Blueprint['types'], hops = 0): [string, JsonSchema][] {
  if (hops > 8) return [];
  const { properties, allOf } = schema;
  const own =
    typeof properties === 'object' && properties !== null && !isList(properties)
      ? Object.entries(properties)
      : [];
  const inherited = isList(allOf)
    ? allOf.flatMap((part) => {
        const branch = resolveSchema(part as JsonSchema, types);
        return branch ? membersOf(branch, types, hops + 1) : [];
      })
    : [];
  return [...inherited, ...own] as [string, JsonSchema][];
}

const withNull = (type: Json | undefined): Json | undefined =>
  type === undefined || type === 'null' ? type : [...new Set([type, 'null'].flat())];

/** Outlines by the types that references lead to, the schema and the detail: many operations answer with the same types. */
const known = new WeakMap<Blueprint['types'], WeakMap<Keywords, Map<string, Keywords>>>();

function outline(schema: JsonSchema | undefined, types: Blueprint['types'], detail: Detail): Keywords {
  const resolved = resolveSchema(schema, types);
  if (!resolved) return {};
  const ofTypes = known.get(types) ?? new WeakMap<Keywords, Map<string, Keywords>>();
  known.set(types, ofTypes);
  const ofSchema = ofTypes.get(resolved) ?? new Map<string, Keywords>();
  ofTypes.set(resolved, ofSchema);
  const key = `${detail.depth}${detail.words}`;
  const made = ofSchema.get(key) ?? outlineResolved(resolved, types, detail);
  ofSchema.set(key, made);
  return made;
}

function outlineResolved(resolved: Keywords, types: Blueprint['types'], detail: Detail): Keywords {
  const { description, items } = resolved;
  const members = detail.depth > 0 ? membersOf(resolved, types) : [];
  const inner = { ...detail, depth: detail.depth - 1 };
  // Branches may answer with other types than the schema around them says.
  const type = 'anyOf' in resolved || 'oneOf' in resolved ? undefined : withNull(resolved['type']);
  return {
    ...(type === undefined ? {} : { type }),
    ...(detail.words && typeof description === 'string' ? { description: description.slice(0, 120) } : {}),
    ...(members.length > 0
      ? { properties: Object.fromEntries(members.map(([name, one]) => [name, outline(one, types, inner)])) }
      : {}),
    ...(detail.depth > 0 && items !== undefined ? { items: outline(items as JsonSchema, types, inner) } : {}),
  };
}

/**
 * The upper levels of a schema without references, for answers whose whole schema is too large to be listed: as much
 * as fits into `mostBytes`, at the least nothing. Whatever the schema accepts, its outline accepts.
 */
export function outlineOf(schema: JsonSchema, types: Blueprint['types'], mostBytes: number): Keywords {
  for (const detail of DETAILS) {
    const found = outline(schema, types, detail);
    if (Buffer.byteLength(JSON.stringify(found)) <= mostBytes) return found;
  }
  return {};
}
