import type { Json, XmlForm } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { isList, isMembers, type Members } from '../json-value.ts';
import { textOf } from '../interpret/encode/text-value.ts';
import { resolvedShape, USUAL_LIST_NAME, USUAL_NAME, type ResolvedShape } from './shape.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Characters that no XML document can hold, escaped or not (XML 1.0, 2.2). */
// oxlint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

function written(value: Json, where: string): string {
  const text = textOf(value);
  if (UNWRITABLE.test(text) || !text.isWellFormed())
    throw new ToolFailure(`${where}: it has a character that XML cannot hold.`);
  return text;
}

const escapeText = (text: string): string => text.replace(/[&<>\r]/g, (one) => ENTITIES[one] ?? one);
/** White space would be read as blanks (XML 1.0, 3.3.3). */
const escapeAttribute = (text: string): string =>
  text.replace(/[&<>"\t\n\r]/g, (one) => ENTITIES[one] ?? one);

/** A name with its prefix. Throws ToolFailure for one that no element or attribute can have. */
function tagOf(name: string, { prefix }: ResolvedShape): string {
  const tag = prefix === undefined || prefix === '' ? name : `${prefix}:${name}`;
  if (!/^[\p{L}_][\p{L}\p{N}\p{M}_.-]*(?::[\p{L}_][\p{L}\p{N}\p{M}_.-]*)?$/u.test(tag))
    throw new ToolFailure(`body: ${JSON.stringify(name)} cannot be the name of an XML element.`);
  return tag;
}

const declarationOf = ({ namespace, prefix }: ResolvedShape): string[] =>
  namespace === undefined
    ? []
    : [
        `${prefix === undefined || prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeAttribute(namespace)}"`,
      ];

function elementText(tag: string, attributes: readonly string[], content: string): string {
  const start = [tag, ...new Set(attributes)].join(' ');
  return content === '' ? `<${start}/>` : `<${start}>${content}</${tag}>`;
}

/** One property: the element or elements it becomes. */
function propertyElements(key: string, value: Json, shape: ResolvedShape, form: XmlForm): string {
  if (!isList(value)) return element(shape.name ?? key, value, shape, form);
  const items = resolvedShape(shape.items, form);
  const listName = shape.wrapped === true ? (shape.name ?? key) : key;
  const content = value.map((item) => element(items.name ?? listName, item, items, form)).join('');
  return shape.wrapped === true
    ? elementText(tagOf(listName, shape), declarationOf(shape), content)
    : content;
}

interface Inside {
  readonly attributes: readonly string[];
  readonly content: string;
}

/** Members in the order of the description, which many services insist on; others behind them as they are given. */
function inOrder(value: Members, order: readonly string[]): (readonly [string, Json])[] {
  const known = order.flatMap((key) =>
    Object.hasOwn(value, key) ? [[key, value[key] ?? null] as const] : [],
  );
  const names = new Set(order);
  return [...known, ...Object.entries(value).filter(([key]) => !names.has(key))];
}

function objectInside(value: Members, { properties = {} }: ResolvedShape, form: XmlForm): Inside {
  const attributes: string[] = [];
  const content: string[] = [];
  for (const [key, member] of inOrder(value, Object.keys(properties))) {
    const shape = resolvedShape(Object.hasOwn(properties, key) ? properties[key] : undefined, form);
    if (shape.node === undefined) content.push(propertyElements(key, member, shape, form));
    else if (member !== null && shape.node === 'text')
      content.push(escapeText(written(member, `body.${key}`)));
    else if (member !== null) {
      const text = isList(member) ? member.map(textOf).join(' ') : written(member, `body.${key}`);
      attributes.push(
        ...declarationOf(shape),
        `${tagOf(shape.name ?? key, shape)}="${escapeAttribute(text)}"`,
      );
    }
  }
  return { attributes, content: content.join('') };
}

function element(name: string, value: Json, shape: ResolvedShape, form: XmlForm): string {
  const tag = tagOf(name, shape);
  if (isList(value)) {
    const items = resolvedShape(shape.items, form);
    const content = value.map((item) => element(items.name ?? USUAL_NAME, item, items, form)).join('');
    return elementText(tag, declarationOf(shape), content);
  }
  if (!isMembers(value))
    return elementText(tag, declarationOf(shape), value === null ? '' : escapeText(written(value, name)));
  const { attributes, content } = objectInside(value, shape, form);
  return elementText(tag, [...declarationOf(shape), ...attributes], content);
}

/**
 * A value, named as on the wire, as an XML document (OpenAPI, XML Object): attributes first, then elements in the order
 * of the description; null is an empty element. Throws ToolFailure for what XML cannot hold.
 */
export function encodeXml(value: Json, form: XmlForm): string {
  const root = resolvedShape(form.root, form);
  const name = root.name ?? (isList(value) ? USUAL_LIST_NAME : USUAL_NAME);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value, root, form)}`;
}
