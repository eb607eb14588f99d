import type { Json, SoapElement, SoapFacet, SoapHeader } from '@counterpart/schemas';
import { isMembers } from '../json-value.ts';
import { anyValue, ENCODING, fromXml, Prefixes, toXml } from './values.ts';
import { withReferences } from './references.ts';
import { elementsOf, escapeXml, parseXml, textOf, type XmlElement } from '../xml/parse.ts';

const NAMESPACES = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

/** What stands inside an envelope's body. */
export type SoapBody =
  | { readonly kind: 'empty'; readonly headers: readonly XmlElement[] }
  | { readonly kind: 'element'; readonly element: XmlElement; readonly headers: readonly XmlElement[] }
  | { readonly kind: 'fault'; readonly fault: SoapFault };

export interface SoapFault {
  /** Local name, as SOAP 1.1 has it: `Client`, `Server`, `VersionMismatch` or `MustUnderstand`; or the service's own. */
  readonly code: string;
  readonly reason: string;
  readonly detail: Json | undefined;
}

/** Media type of an envelope, with the action where it has its place there (SOAP 1.2, part 2, section 6.5.3). */
export const envelopeType = (version: SoapFacet['version'], action: string): string =>
  version === '1.1'
    ? 'text/xml; charset=utf-8'
    : `application/soap+xml; charset=utf-8${action === '' ? '' : `; action="${action.replaceAll(/["\\\r\n]/g, '')}"`}`;

const wrapped = (version: SoapFacet['version'], body: string, header = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${NAMESPACES[version]}">${header === '' ? '' : `<soap:Header>${header}</soap:Header>`}<soap:Body>${body}</soap:Body></soap:Envelope>`;

/** An envelope around a value, whose members of headers go into its header; without an element its body is empty. */
export function toEnvelope(
  { version, types }: SoapFacet,
  element: SoapElement | undefined,
  value: Json,
  headers: readonly SoapHeader[] = [],
): string {
  const written = headers.map((header) => {
    const given = isMembers(value) ? value[header.key] : undefined;
    return given === undefined ? '' : elementXml(header, given, types);
  });
  const keys = new Set(headers.map(({ key }) => key));
  const rest = isMembers(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)))
    : value;
  const plain = element === undefined ? '' : elementXml(element, bodyValue(element, rest), types);
  const body = element?.encoded === true ? plain.replace(/^<[^\s/>]+/, encodedTag) : plain;
  return wrapped(version, body, written.join(''));
}

const encodedTag = (tag: string): string => `${tag} soap:encodingStyle="${ENCODING}"`;

function elementXml(element: SoapElement, value: Json, types: SoapFacet['types']): string {
  const prefixes = new Prefixes(element.encoded);
  const text = toXml(value, { ...element, many: false }, types, prefixes);
  // All prefixes are known when the text is; they are declared on its first tag.
  return text.replace(/^<[^\s/>]+/, (tag) => tag + prefixes.declarations());
}

/** A scalar travels alone, and is a member in JSON. */
const bodyValue = ({ type }: SoapElement, value: Json): Json =>
  type.startsWith(':') && typeof value === 'object' && value !== null && !Array.isArray(value)
    ? ((value as { readonly [key: string]: Json })['value'] ?? '') // no list, so it has members
    : value;

/** The value of a body's element, as the operation's JSON has it. */
export function valueIn(element: XmlElement, { type }: SoapElement, { types }: SoapFacet): Json {
  const value = fromXml(element, type, types);
  return type.startsWith(':') ? { value } : (value ?? {});
}

/** An envelope with a fault. */
export function faultEnvelope(version: SoapFacet['version'], { code, reason, detail }: SoapFault): string {
  const more =
    detail === undefined ? '' : escapeXml(typeof detail === 'string' ? detail : JSON.stringify(detail));
  if (version === '1.1')
    return wrapped(
      version,
      `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${escapeXml(reason)}</faultstring>${more === '' ? '' : `<detail><problem xmlns="">${more}</problem></detail>`}</soap:Fault>`,
    );
  const value = code === 'Client' ? 'Sender' : code === 'Server' ? 'Receiver' : code;
  return wrapped(
    version,
    `<soap:Fault><soap:Code><soap:Value>soap:${value}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">${escapeXml(reason)}</soap:Text></soap:Reason>${more === '' ? '' : `<soap:Detail><problem xmlns="">${more}</problem></soap:Detail>`}</soap:Fault>`,
  );
}

/** What an envelope of either version holds; undefined for XML that is no envelope. Throws XmlProblem. */
export function readEnvelope(text: string): SoapBody | undefined {
  const root = parseXml(text);
  const isEnvelope = root.name === 'Envelope' && Object.values<string>(NAMESPACES).includes(root.ns);
  const body = elementsOf(root).find(({ name, ns }) => name === 'Body' && ns === root.ns);
  if (!isEnvelope || body === undefined) return undefined;
  const header = elementsOf(root).find(({ name, ns }) => name === 'Header' && ns === root.ns);
  const headers = header === undefined ? [] : elementsOf(header);
  const [element] = elementsOf(withReferences(body));
  if (element === undefined) return { kind: 'empty', headers };
  if (element.name === 'Fault' && element.ns === root.ns) return { kind: 'fault', fault: faultIn(element) };
  return { kind: 'element', element, headers };
}

function faultIn(fault: XmlElement): SoapFault {
  const at = (...names: readonly string[]) => elementsOf(fault).find(({ name }) => names.includes(name));
  const code = at('faultcode', 'Code');
  const reason = at('faultstring', 'Reason');
  const detail = at('detail', 'Detail');
  const value = code === undefined ? '' : textOf(elementsOf(code)[0] ?? code).trim();
  const local = value.slice(value.indexOf(':') + 1);
  return {
    code: local === 'Sender' ? 'Client' : local === 'Receiver' ? 'Server' : local,
    reason: reason === undefined ? '' : textOf(reason).trim(),
    detail: detail === undefined || detail.children.length === 0 ? undefined : anyValue(detail),
  };
}
