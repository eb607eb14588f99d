import type { BodyContent, Json, JsonSchema } from '@counterpart/schemas';
import type { OperationContext } from '../document/context.ts';
import type { Located } from '../document/references.ts';
import { isStructured } from '../facets/xml.ts';
import { isObject, listMember, member, objectMember, textMember } from '../source/json-tree.ts';
import { targetOf } from '../document/references.ts';
import { isFileSchema } from './media-types.ts';
import { partsOf, type Parts } from './multipart.ts';

/** A content as it was read, and the schema that it was read from. */
export interface Offer {
  readonly content: BodyContent;
  readonly at: Located;
  /** Keys that stand for other names: input key → wire name. */
  readonly renames: ReadonlyMap<string, string>;
}

const MAX_HOPS = 8;

interface Choice {
  readonly contents: BodyContent[];
  /** Of the input's `body`. */
  readonly schema: JsonSchema;
}

/**
 * What a caller may give where a body is taken in several media types. That is what the first content takes, with what only
 * another one can carry beside it: files, and members that the first does not have.
 */
export function bodyChoice(
  [first, ...others]: readonly [Offer, ...Offer[]],
  context: OperationContext,
): Choice {
  const plain = { contents: [first, ...others].map(({ content }) => content), schema: first.content.schema };
  if (first.content.kind !== 'json' && first.content.kind !== 'form') return plain;
  for (const [index, other] of others.entries()) {
    const added = addition(first, other, context);
    if (added === undefined) continue;
    const contents = plain.contents.with(index + 1, { ...other.content, sentFor: added.sentFor });
    return { contents, schema: added.schema };
  }
  return plain;
}

interface Addition {
  readonly sentFor: NonNullable<BodyContent['sentFor']>;
  readonly schema: JsonSchema;
}

function addition(first: Offer, other: Offer, context: OperationContext): Addition | undefined {
  const { kind, schema } = other.content;
  const known = partsOf(first.at, context);
  if (kind === 'binary') {
    // A JSON object with these members could not be told from a file.
    const isClear = !known.properties.has('text') && !known.properties.has('base64');
    const isBytes = !isStructured(context.root, other.at.value);
    return isClear && isBytes ? { sentFor: { file: true }, schema: either(first, schema) } : undefined;
  }
  return kind === 'multipart' || kind === 'form' ? fieldsAdded(first, other, known, context) : undefined;
}

function fieldsAdded(
  first: Offer,
  other: Offer,
  known: Parts,
  context: OperationContext,
): Addition | undefined {
  const keyOf = (name: string): string => [...other.renames].find(([, wire]) => wire === name)?.[0] ?? name;
  const taken = new Set(namesOf(first.at, context, MAX_HOPS).map(keyOf));
  const members = membersOf(other.content.schema);
  const files = members.filter(([, schema]) => isFileSchema(schema)).map(([key]) => key);
  const own = members.map(([key]) => key).filter((key) => !taken.has(key));
  if (extendsAll(known, partsOf(other.at, context), first, context)) {
    const keys = [...new Set([...own, ...files])];
    const schema = withRequired(other.content.schema, new Set([...known.required].map(keyOf)));
    return keys.length === 0 || schema === undefined ? undefined : { sentFor: { keys }, schema };
  }
  if (files.length === 0) return undefined;
  const shared = files.filter((key) => taken.has(key));
  return {
    sentFor: {
      ...(own.length === 0 ? {} : { keys: [...new Set(own)] }),
      ...(shared.length === 0 ? {} : { files: shared }),
    },
    schema: either(first, other.content.schema),
  };
}

/** Names that an object may have, those of its alternatives among them. */
function namesOf(at: Located, context: OperationContext, hops: number): string[] {
  const own = targetOf(at.value, context.root);
  const inner = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => listMember(own, keyword));
  return [
    ...Object.keys(objectMember(own, 'properties')),
    ...(hops === 0
      ? []
      : inner.flatMap((value) => namesOf({ value, pointer: at.pointer }, context, hops - 1))),
  ];
}

/** Members of a schema and of its alternatives. */
function membersOf(schema: Json): [string, Json][] {
  const arms = [...listMember(schema, 'anyOf'), ...listMember(schema, 'oneOf')];
  return [...Object.entries(objectMember(schema, 'properties')), ...arms.flatMap(membersOf)];
}

const either = (first: Offer, schema: JsonSchema): JsonSchema => ({ anyOf: [first.content.schema, schema] });

/** True when whatever the first takes is taken by the other under the same names with the same schemas. */
function extendsAll(known: Parts, parts: Parts, { at }: Offer, { root }: OperationContext): boolean {
  const isPlain = !hasChoices(at.value, root, MAX_HOPS);
  const names = [...known.properties];
  return (
    isPlain &&
    names.length > 0 &&
    names.every(([name, { value }]) => {
      const same = parts.properties.get(name)?.value;
      return same !== undefined && JSON.stringify(same) === JSON.stringify(value);
    })
  );
}

function hasChoices(schema: Json, root: OperationContext['root'], hops: number): boolean {
  const own = targetOf(schema, root);
  if (!isObject(own) || hops === 0) return true;
  return (
    ['anyOf', 'oneOf', 'if', 'not'].some((keyword) => member(own, keyword) !== undefined) ||
    listMember(own, 'allOf').some((part) => hasChoices(part, root, hops - 1))
  );
}

/** A schema that requires of its members these at most. Undefined where what it requires stands elsewhere. */
function withRequired(schema: JsonSchema, required: ReadonlySet<string>): JsonSchema | undefined {
  if (!isObject(schema) || Object.keys(objectMember(schema, 'properties')).length === 0) return undefined;
  if (textMember(schema, '$ref') !== undefined) return undefined;
  const { required: own, ...rest } = schema;
  const kept = (Array.isArray(own) ? own : []).filter((key) => typeof key === 'string' && required.has(key));
  return kept.length === 0 ? rest : { ...rest, required: kept };
}
