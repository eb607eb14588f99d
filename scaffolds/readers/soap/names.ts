import { attributeOf, elementsOf, textOf, type XmlElement } from '@counterpart/kit/soap';
import { WSDL_NS, XSD_NS, type SchemaDocument } from './documents.ts';

/** A qualified name as a key: `{namespace}local`. */
export const qualified = (ns: string, name: string): string => `{${ns}}${name}`;

/** The qualified name that the text of an attribute means where it stands; undefined for a prefix of nothing. */
export function resolveName(
  { scope }: XmlElement,
  text: string,
  document?: SchemaDocument,
): { readonly ns: string; readonly name: string } | undefined {
  const [, prefix = '', name = ''] = /^(?:([^:]*):)?([^:]*)$/.exec(text.trim()) ?? [];
  const ns = prefix === '' ? (scope.get('') ?? '') : scope.get(prefix);
  if (ns === undefined || name === '') return undefined;
  return { ns: ns === '' && document?.isChameleon === true ? document.ns : ns, name };
}

/** Child elements of XML Schema. */
export const schemaChildren = (element: XmlElement): XmlElement[] =>
  elementsOf(element).filter(({ ns }) => ns === XSD_NS);

/** What the author says of a thing; undefined where there is nothing. */
export function documentationOf(element: XmlElement): string | undefined {
  const home = elementsOf(element).find(({ name }) => name === 'annotation') ?? element;
  const texts = elementsOf(home).filter(({ name }) => name === 'documentation');
  const text = texts.map(textOf).join('\n').slice(0, 4_000).trim();
  return text === '' ? undefined : text;
}

export const isOptional = (element: XmlElement): boolean => attributeOf(element, 'minOccurs') === '0';

export const isRepeated = (element: XmlElement): boolean => {
  const most = attributeOf(element, 'maxOccurs') ?? '1';
  return most === 'unbounded' || Number(most) > 1;
};

/**
 * The type of an encoded array's items, and where its name is resolved: an attribute of WSDL says it (WSDL 1.1, section
 * 2.2), `wsdl:arrayType="t:Toy[]"`. Undefined where it is not said, and for arrays of arrays.
 */
export function arrayTypeOf(restriction: XmlElement): {
  readonly node: XmlElement;
  readonly type: string | undefined;
} {
  const told = (child: XmlElement): string | undefined => attributeOf(child, 'arrayType', WSDL_NS);
  const node = schemaChildren(restriction).find((child) => told(child) !== undefined) ?? restriction;
  return { node, type: /^([^[\]]+)\[[^\]]*\]$/.exec(told(node)?.trim() ?? '')?.[1] };
}
