import type { Json, SoapElement, SoapType } from '@counterpart/schemas';
import { isList, isMembers, wholeNumber, type Members } from '../json-value.ts';
import { attributeOf, elementsOf, escapeXml, textOf, type XmlElement } from '../xml/parse.ts';

/** The types of a service by name. */
export type SoapTypes = Readonly<Record<string, SoapType>>;

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
export const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';

/** Prefixes for namespaces, given as they are needed. */
export class Prefixes {
  readonly #known = new Map<string, string>();
  /** Whether each value says its type, as in encoded messages. */
  readonly saysTypes: boolean;

  constructor(saysTypes = false) {
    this.saysTypes = saysTypes;
  }

  /** A name with its prefix; one of no namespace has none. */
  name(ns: string, local: string): string {
    if (ns === '') return local;
    const known = this.#known.get(ns) ?? (ns === XSI ? 'xsi' : `n${this.#known.size + 1}`);
    this.#known.set(ns, known);
    return `${known}:${local}`;
  }

  /** The declarations of all prefixes that were given, as they stand in a tag. */
  declarations(): string {
    return [...this.#known].map(([ns, prefix]) => ` xmlns:${prefix}="${escapeXml(ns)}"`).join('');
  }
}

const isScalar = (type: string): boolean => type.startsWith(':');

const ownType = (types: SoapTypes, name: string): SoapType =>
  (Object.hasOwn(types, name) ? types[name] : undefined) ?? { elements: [] };

const memberOf = (members: Members, key: string): Json | undefined =>
  Object.hasOwn(members, key) ? members[key] : undefined;

const scalarText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A value as the text of its element, in the order and the namespaces of its type. Members of no element are left out. */
export function toXml(value: Json, element: SoapElement, types: SoapTypes, prefixes: Prefixes): string {
  if (element.many === true && isList(value))
    return value.map((item) => toXml(item, { ...element, many: false }, types, prefixes)).join('');
  const name = prefixes.name(element.ns, element.name);
  if (value === null)
    return element.nillable === true ? `<${name} ${prefixes.name(XSI, 'nil')}="true"/>` : '';
  const { attributes: own, content } = isScalar(element.type)
    ? { attributes: '', content: anyContent(value) }
    : contentOf(value, ownType(types, element.type), types, prefixes);
  const xsi =
    element.xsi === undefined || !prefixes.saysTypes
      ? ''
      : ` ${prefixes.name(XSI, 'type')}="${typeName(element.xsi, prefixes)}"`;
  const attributes = xsi + own;
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

/** `{namespace}name` with a prefix. */
function typeName(qualified: string, prefixes: Prefixes): string {
  const [, ns = '', name = ''] = /^\{(.*)\}(.*)$/.exec(qualified) ?? [];
  return escapeXml(prefixes.name(ns, name));
}

/** What an encoded array says of itself: the type and the count of its items. */
function arrayAttribute(value: Members, { array, elements }: SoapType, prefixes: Prefixes): string {
  const items = memberOf(value, elements[0]?.name ?? '');
  const count = isList(items) ? items.length : 0;
  return array === undefined
    ? ''
    : ` ${prefixes.name(ENCODING, 'arrayType')}="${typeName(array, prefixes)}[${count}]"`;
}

/** Text of a scalar; elements of no namespace where anything may stand. */
function anyContent(value: Json): string {
  if (isList(value)) return value.map((item) => `<item>${anyContent(item)}</item>`).join('');
  if (!isMembers(value)) return value === null ? '' : escapeXml(scalarText(value));
  return Object.entries(value)
    .filter(([key]) => /^[A-Za-z_][\w.-]*$/.test(key))
    .map(([key, member]) => `<${key}>${anyContent(member)}</${key}>`)
    .join('');
}

function contentOf(
  value: Json,
  type: SoapType,
  types: SoapTypes,
  prefixes: Prefixes,
): { readonly attributes: string; readonly content: string } {
  if (!isMembers(value)) return { attributes: '', content: escapeXml(scalarText(value)) };
  const attributes = (type.attributes ?? []).flatMap(({ name, ns, key = name }) => {
    const given = memberOf(value, key);
    return given === undefined || given === null
      ? []
      : [` ${prefixes.name(ns, name)}="${escapeXml(scalarText(given)).replaceAll('\n', '&#10;')}"`];
  });
  const text = type.text === undefined ? undefined : memberOf(value, 'value');
  const children = type.elements.map((one) => {
    const given = memberOf(value, one.name);
    return given === undefined ? '' : toXml(given, one, types, prefixes);
  });
  const content = text === undefined || text === null ? children.join('') : escapeXml(scalarText(text));
  return { attributes: attributes.join('') + arrayAttribute(value, type, prefixes), content };
}

function scalarOf(text: string, type: string): Json {
  const trimmed = text.trim();
  if (type === ':boolean')
    return trimmed === 'true' || trimmed === '1' ? true : /^(?:false|0)$/.test(trimmed) ? false : text;
  if (type !== ':number') return text;
  if (/^-?\d+$/.test(trimmed)) return wholeNumber(trimmed);
  const number = Number(trimmed);
  return trimmed === '' || !Number.isFinite(number) ? text : number;
}

/** The value of an element whose type is not known: text, or members by local name, lists where a name stands again. */
export function anyValue(element: XmlElement): Json {
  if (attributeOf(element, 'nil', XSI) === 'true') return null;
  const children = elementsOf(element);
  if (children.length === 0) return textOf(element);
  const members = new Map<string, Json[]>();
  for (const child of children)
    members.set(child.name, [...(members.get(child.name) ?? []), anyValue(child)]);
  return Object.fromEntries(
    [...members].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? null) : values]),
  );
}

/** The value that an element of this type carries. What the type does not know is kept as it stands. */
export function fromXml(element: XmlElement, type: string, types: SoapTypes): Json {
  if (attributeOf(element, 'nil', XSI) === 'true') return null;
  if (type === ':any') return anyValue(element);
  if (isScalar(type)) return scalarOf(textOf(element), type);
  const known = ownType(types, type);
  const members = new Map<string, Json>();
  for (const { name, ns, key = name, type: scalar } of known.attributes ?? []) {
    const text = attributeOf(element, name, ns);
    if (text !== undefined) members.set(key, scalarOf(text, scalar));
  }
  if (known.text !== undefined) members.set('value', scalarOf(textOf(element), known.text));
  for (const child of elementsOf(element)) addChild(members, child, known, types);
  return Object.fromEntries(members);
}

function addChild(members: Map<string, Json>, child: XmlElement, known: SoapType, types: SoapTypes): void {
  // Services are careless about the namespaces of inner elements; the name is what tells them apart.
  const named = known.elements.filter(({ name }) => name === child.name);
  const field =
    named.find(({ ns }) => ns === child.ns) ??
    named[0] ??
    (known.array === undefined ? undefined : known.elements[0]);
  const name = field?.name ?? child.name;
  const value = field === undefined ? anyValue(child) : fromXml(child, field.type, types);
  const before = members.get(name);
  if (field?.many === true) members.set(name, [...(isList(before) ? before : []), value]);
  else members.set(name, value);
}
