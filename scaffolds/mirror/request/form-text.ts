import type { Json, JsonSchema } from '@counterpart/schemas';
import { coerceTree, declaresMember, possibleTypes, propertySchema, type Typing } from './coerce.ts';
import { renameMembers } from './renames.ts';
import { bracketPath, decodeText, emptyTree, insert, toJson, type WirePair } from './wire-tree.ts';

/** How the properties of a form are written where they are not repeated and bracketed: wire name → delimiter. */
export type FormDelimiters = ReadonlyMap<string, RegExp>;

interface FormReading {
  readonly rename: (wire: string) => string;
  readonly schema: JsonSchema;
  readonly typing: Typing;
  readonly delimiters?: FormDelimiters | undefined;
}

/** The values of one field: several where it is written as one delimited text. */
function fieldTexts(
  { name, raw }: WirePair,
  { rename, schema, typing, delimiters }: FormReading,
): readonly string[] {
  const delimiter = delimiters?.get(name);
  const isList =
    delimiter && possibleTypes(propertySchema(schema, rename(name), typing), typing).has('array');
  return isList ? raw.split(delimiter).map((part) => decodeText(part, true)) : [decodeText(raw, true)];
}

/** Fields of a form as an object of input keys: names repeated and in brackets, coerced by the schema. Throws MalformedText. */
export function readFormText(pairs: readonly WirePair[], reading: FormReading): Json {
  const { rename, schema, typing } = reading;
  const tree = emptyTree();
  for (const pair of pairs) {
    const { name } = pair;
    const path = declaresMember(schema, rename(name), typing) ? [name] : (bracketPath(name) ?? [name]);
    for (const text of fieldTexts(pair, reading)) insert(tree, path, text);
  }
  return tree.members.size === 0 ? {} : coerceTree(renameMembers(toJson(tree), rename), schema, typing);
}
