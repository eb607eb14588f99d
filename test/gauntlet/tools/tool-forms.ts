import { listTools } from '@counterpart/kit';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { canonicalJson, ServerId, type Blueprint, type Json } from '@counterpart/schemas';
import { descriptionFile } from '../descriptions.ts';

const id = ServerId.parse('gauntlet');

/** The blueprint of one of the real descriptions. */
export async function blueprintOf(file: string): Promise<Blueprint> {
  return (await readOpenApi(await loadSource(descriptionFile(file)), { id })).blueprint;
}

/** The blueprint of a description that a test made. */
export async function blueprintOfJson(document: Json): Promise<Blueprint> {
  const source = {
    text: JSON.stringify(document),
    location: 'made.json',
    sha256: `sha256-${'0'.repeat(64)}`,
  };
  return (await readOpenApi(source, { id })).blueprint;
}

/** Where an operation stands in its description. */
export const placeOf = ({ http }: Blueprint['operations'][number]): string => `${http.method} ${http.path}`;

/** Tools by the place of their operation, as JSON in which every type is written out; a type inside itself is named only. */
export function toolForms(blueprint: Blueprint): Map<string, Json> {
  const tools = listTools(blueprint);
  return new Map(
    blueprint.operations.map((operation, index) => {
      const plain = JSON.parse(JSON.stringify(tools[index])) as Json;
      return [placeOf(operation), unfolded(plain, {}, [])];
    }),
  );
}

const namesIn = (value: Json | undefined): string[] =>
  isList(value) ? value.filter((name) => typeof name === 'string').sort((a, b) => (a < b ? -1 : 1)) : [];

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

type Members = { readonly [key: string]: Json };
const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function unfolded(value: Json, types: Members, open: readonly string[]): Json {
  if (isList(value)) return value.map((item) => unfolded(item, types, open));
  if (!isMembers(value)) return value;
  const { $defs, $ref, ...rest } = value;
  const known = isMembers($defs) ? $defs : types;
  const own: Members = Object.fromEntries(
    Object.entries(rest).map(([key, one]) => [
      key,
      unfolded(key === 'required' && isList(one) ? namesIn(one) : one, known, open),
    ]),
  );
  const name = typeof $ref === 'string' ? $ref.replace('#/$defs/', '') : undefined;
  if (name === undefined) return together(own);
  if (open.includes(name)) return { itself: true };
  const target = unfolded(known[name] ?? true, known, [...open, name]);
  return { ...(isMembers(target) ? target : {}), ...own };
}

/** `allOf` of plain objects as one object, which is what a reader makes of it when it meets no reference. */
function together(schema: Members): Members {
  const { allOf, ...host } = schema;
  if (!isList(allOf)) return schema;
  const parts = allOf.filter(isMembers);
  const isPlain = parts.every(
    (part) => isMembers(part['properties']) && part['additionalProperties'] === undefined,
  );
  if (!isPlain) return schema;
  const all: readonly Members[] = [host, ...parts];
  const required = namesIn([...new Set(all.flatMap((part) => namesIn(part['required'])))]);
  const properties = Object.assign({}, ...all.map((part) => part['properties'])) as Members;
  const type = all.some((part) => part['type'] === 'object') ? { type: 'object' } : {};
  return { ...type, ...host, properties, ...(required.length > 0 ? { required } : {}) };
}

/** Pointers at which two values differ. */
export function differences(a: Json | undefined, b: Json | undefined, at = ''): string[] {
  if (canonicalJson(a) === canonicalJson(b)) return [];
  if (isMembers(a) && isMembers(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => differences(a[key], b[key], `${at}/${key}`));
  }
  if (isList(a) && isList(b) && a.length === b.length)
    return a.flatMap((item, index) => differences(item, b[index], `${at}/${index}`));
  return [at];
}
