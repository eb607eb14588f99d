import {
  elementsOf,
  parseXml,
  resolvedShape,
  XmlProblem,
  type ResolvedShape,
  type XmlElement,
} from '@counterpart/kit/xml';
import type { Json, JsonSchema, XmlForm } from '@counterpart/schemas';
import { coerceTree, itemSchema, possibleTypes, propertySchema, type Typing } from '../request/coerce.ts';
import { MalformedText } from '../request/wire-tree.ts';

/** What elements are read by. */
interface Reading {
  readonly form: XmlForm;
  readonly typing: Typing;
  /** Names of the wire → keys of the schema. */
  readonly toKey: (name: string) => string;
}

const shapeIn = (shape: ResolvedShape, name: string, { form }: Reading): ResolvedShape =>
  resolvedShape(
    shape.properties !== undefined && Object.hasOwn(shape.properties, name)
      ? shape.properties[name]
      : undefined,
    form,
  );

/** By which name of element or attribute each property with a shape comes. */
function wireNames(shape: ResolvedShape, reading: Reading): Map<string, string> {
  const names = Object.keys(shape.properties ?? {}).flatMap((name): [string, string][] => {
    const own = shapeIn(shape, name, reading);
    const items = resolvedShape(own.items, reading.form);
    const element = own.wrapped === true || own.items === undefined ? own.name : (items.name ?? name);
    return [[element ?? name, name]];
  });
  return new Map(names);
}

/** All character data directly inside. */
const directText = ({ children }: XmlElement): string =>
  children.filter((child) => typeof child === 'string').join('');

const isListOf = (schema: JsonSchema, { typing }: Reading): boolean => {
  const types = possibleTypes(schema, typing);
  return types.has('array') && !types.has('string');
};

function listOf(
  elements: readonly XmlElement[],
  items: ResolvedShape,
  schema: JsonSchema,
  reading: Reading,
): Json {
  return elements.map((one, index) =>
    valueOf(one, items, itemSchema(schema, index, reading.typing), reading),
  );
}

function members(element: XmlElement, shape: ResolvedShape, schema: JsonSchema, reading: Reading): Json {
  const known = wireNames(shape, reading);
  const grouped = Map.groupBy(elementsOf(element), ({ name }) => known.get(name) ?? name);
  const found: Record<string, Json> = {};
  for (const { name, value } of element.attributes) {
    const property = known.get(name) ?? name;
    found[reading.toKey(property)] = value;
  }
  for (const [name, elements] of grouped) {
    const key = reading.toKey(name);
    const inner = propertySchema(schema, key, reading.typing);
    const own = shapeIn(shape, name, reading);
    const items = resolvedShape(own.items, reading.form);
    if (own.wrapped === true) found[key] = listOf(elements.flatMap(elementsOf), items, inner, reading);
    else if (isListOf(inner, reading)) found[key] = listOf(elements, items, inner, reading);
    else {
      const [first] = elements;
      if (first !== undefined) found[key] = valueOf(first, own, inner, reading);
    }
  }
  const textName = Object.keys(shape.properties ?? {}).find(
    (name) => shapeIn(shape, name, reading).node === 'text',
  );
  const text = directText(element);
  if (textName !== undefined && text !== '') found[reading.toKey(textName)] = text;
  return found;
}

function valueOf(element: XmlElement, shape: ResolvedShape, schema: JsonSchema, reading: Reading): Json {
  if (isListOf(schema, reading))
    return listOf(elementsOf(element), resolvedShape(shape.items, reading.form), schema, reading);
  const isPlain = elementsOf(element).length === 0 && element.attributes.length === 0;
  const text = directText(element);
  const types = possibleTypes(schema, reading.typing);
  if (!isPlain || (types.has('object') && !types.has('string')))
    return members(element, shape, schema, reading);
  return text === '' && types.has('null') && !types.has('string') ? null : text;
}

function rootOf(text: string): XmlElement {
  try {
    return parseXml(text, { undeclaredPrefixes: 'ignored' });
  } catch (error) {
    throw error instanceof XmlProblem ? new MalformedText(`it is not XML: ${error.message}`) : error;
  }
}

/** The value that an XML document stands for, with the types its schema asks for. Throws MalformedText. */
export function readXml(text: string, schema: JsonSchema, reading: Reading): Json {
  const root = rootOf(text);
  return coerceTree(
    valueOf(root, resolvedShape(reading.form.root, reading.form), schema, reading),
    schema,
    reading.typing,
  );
}
