import { attributeOf, elementsOf, type XmlElement } from '../xml/parse.ts';

/** A value that refers to others many times over grows with each time. */
const MOST_PLACED = 100_000;

/** The body of an encoded message with each `href="#id"` replaced by what has that id (SOAP 1.1, section 5.4.1). */
export function withReferences(body: XmlElement): XmlElement {
  const known = new Map<string, XmlElement>();
  for (const element of elementsOf(body)) {
    const id = attributeOf(element, 'id');
    if (id !== undefined) known.set(id, element);
  }
  if (known.size === 0) return body;
  let placed = 0;
  const resolve = (element: XmlElement, within: readonly string[]): XmlElement => {
    const id = /^#(.+)$/.exec(attributeOf(element, 'href') ?? '')?.[1];
    const target = id === undefined || within.includes(id) ? undefined : known.get(id);
    placed += 1;
    if (placed > MOST_PLACED) return element;
    const { attributes, children } = target ?? element;
    const inside = target === undefined || id === undefined ? within : [...within, id];
    return {
      ...element,
      attributes,
      children: children.map((child) => (typeof child === 'string' ? child : resolve(child, inside))),
    };
  };
  return {
    ...body,
    children: body.children.map((child) => (typeof child === 'string' ? child : resolve(child, []))),
  };
}
