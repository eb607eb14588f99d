import type { Omission } from '@counterpart/schemas';
import protobuf from 'protobufjs';
import { fullName } from './names.ts';

/** What had to be left out so that the rest holds together. */
export interface Mended {
  readonly omitted: readonly Omission[];
  /** True for a field whose type is defined nowhere. */
  readonly isLeftOut: (field: protobuf.Field) => boolean;
  /** The message of a method that is defined nowhere; undefined where it has both. */
  readonly missingOf: (method: protobuf.Method) => string | undefined;
}

/** Stands in for every type that is defined nowhere. */
export const STAND_IN = 'CounterpartMissingType';

/**
 * Gives every name that is defined nowhere a type, so that one missing file does not take the whole description with it,
 * and takes out the extensions, which the JSON of a message has no place for.
 */
export function mend(root: protobuf.Root): Mended {
  root.add(new protobuf.Type(STAND_IN));
  const objects = objectsIn(root);
  const omitted = objects.filter((one) => one instanceof protobuf.Field).flatMap(removedExtension);
  const leftOut = new Set<protobuf.Field>();
  const missing = new Map<protobuf.Method, string>();
  for (const field of objects.filter((one) => one instanceof protobuf.Type).flatMap(fieldsWithoutType)) {
    omitted.push(withoutType(field));
    leftOut.add(field);
    field.type = STAND_IN;
  }
  for (const { methodsArray } of objects.filter((one) => one instanceof protobuf.Service))
    for (const method of methodsArray) mendMethod(method, missing);
  return {
    omitted,
    isLeftOut: (field) => leftOut.has(field),
    missingOf: (method) => missing.get(method),
  };
}

/**
 * Makes maps of the lists of entries that descriptors have in their place (descriptor.proto, MessageOptions.map_entry);
 * the library leaves them as they are.
 */
export function foldMaps(root: protobuf.Root): void {
  for (const type of objectsIn(root).filter((one) => one instanceof protobuf.Type)) {
    if (!hasMaps(type)) continue;
    for (const field of type.fieldsArray) {
      const entry = field.repeated ? entryOf(type, field) : undefined;
      if (entry === undefined) continue;
      const { name, id, options } = field;
      const [key, value] = [entry.fields['key'], entry.fields['value']];
      if (key === undefined || value === undefined) continue;
      type.remove(field);
      type.remove(entry);
      const map = new protobuf.MapField(name, id, key.type, value.type, options);
      type.add(map);
      map.resolve();
    }
  }
}

/** The library says of a message that entries stand in it, and not which of those in it they are. */
const hasMaps = ({ options }: protobuf.Type): boolean => options?.['map_entry'] === true;

/** The message of a map's entries, which stands beside the field and is named after it. */
function entryOf(type: protobuf.Type, { name, type: of }: protobuf.Field): protobuf.Type | undefined {
  const wanted = `${name.replaceAll('_', '')}entry`.toLowerCase();
  const entry = type.nestedArray.find((one) => one.name === of.slice(of.lastIndexOf('.') + 1));
  const isEntry = entry instanceof protobuf.Type && entry.name.toLowerCase() === wanted;
  return isEntry && entry.fieldsArray.length === 2 ? entry : undefined;
}

/** Everything below a namespace but fields and methods; a field that stands there is an extension. */
function objectsIn(namespace: protobuf.NamespaceBase): protobuf.ReflectionObject[] {
  const waiting: protobuf.NamespaceBase[] = [namespace];
  const found: protobuf.ReflectionObject[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const one of next.nestedArray) {
      found.push(one);
      if (one instanceof protobuf.Namespace) waiting.push(one);
    }
  return found;
}

/** Options that files define for their own use extend messages that tell of files, and are no loss. */
function removedExtension(field: protobuf.Field): Omission[] {
  const { extend = '', parent } = field;
  // Of two files that extend the same by the same name the library has put one field in the other's place.
  if (field.extensionField?.parent === null) field.extensionField = null;
  parent?.remove(field);
  if (/(?:^|\.)google\.protobuf\.\w+Options$/.test(extend)) return [];
  return [partOf(field, parent, `It extends ${extend}: extensions are neither sent nor read.`)];
}

const fieldsWithoutType = (type: protobuf.Type): protobuf.Field[] =>
  type.fieldsArray.filter((field) => !isDefined(type, field.type));

const withoutType = (field: protobuf.Field): Omission =>
  partOf(field, field.parent, `Its type ${field.type} is defined nowhere, so the field is left out.`);

const partOf = (one: protobuf.Field, home: protobuf.ReflectionObject | null, reason: string): Omission => ({
  code: 'reference-missing',
  severity: 'part',
  subject: `${home === null ? '' : fullName(home)}.${one.name}`.replace(/^\./, ''),
  reason,
  source: { pointer: `#/${home === null ? '' : fullName(home)}/${one.name}` },
});

function mendMethod(method: protobuf.Method, missing: Map<protobuf.Method, string>): void {
  if (!isMessage(method, method.responseType)) {
    missing.set(method, method.responseType);
    method.responseType = STAND_IN;
  }
  if (!isMessage(method, method.requestType)) {
    missing.set(method, method.requestType);
    method.requestType = STAND_IN;
  }
}

const isMessage = ({ parent }: protobuf.Method, name: string): boolean =>
  parent instanceof protobuf.Namespace && parent.lookup(name, [protobuf.Type]) !== null;

const isDefined = (scope: protobuf.Type, type: string): boolean =>
  Object.hasOwn(protobuf.types.basic, type) || scope.lookup(type, [protobuf.Type, protobuf.Enum]) !== null;
