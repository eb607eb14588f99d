import type { Json, JsonObject, SoapCredential, SoapElement, SoapHeader } from '@counterpart/schemas';
import { isSecretName } from '../../secrets/names.ts';
import { resolveName } from './names.ts';
import type { SoapTypes } from './types.ts';
import type { HeaderUse } from './wsdl.ts';

/** What the header of an operation's envelopes has: settings that show who calls, and members of its input. */
export interface Headers {
  readonly credentials: readonly SoapCredential[];
  readonly members: readonly (SoapHeader & { readonly json: Json; readonly required: boolean })[];
  /** Names that no schema defines. */
  readonly missing: readonly string[];
}

/** Deeper ones are no sign-in. */
const MOST_DEPTH = 3;
const USER = /user|login|email/i;

interface Leaf {
  readonly path: readonly { readonly name: string; readonly ns: string }[];
  readonly name: string;
  readonly required: boolean;
}

/** The texts in an element of this type; undefined where there is more than elements with one text each. */
function leavesOf(
  element: SoapElement,
  types: SoapTypes,
  path: Leaf['path'],
  required: boolean,
): Leaf[] | undefined {
  if (element.type.startsWith(':'))
    return element.type === ':any' ? undefined : [{ path, name: element.name, required }];
  const type = types.types.get(element.type);
  if (type === undefined || type.text !== undefined || path.length === MOST_DEPTH) return undefined;
  const needed = types.schemas.get(element.type)?.['required'];
  const leaves = type.elements.map((child) => {
    if (child.many === true) return undefined;
    const isNeeded = required && Array.isArray(needed) && needed.includes(child.name);
    return leavesOf(child, types, [...path, { name: child.name, ns: child.ns }], isNeeded);
  });
  return leaves.every((one) => one !== undefined) ? leaves.flat() : undefined;
}

/** The credential that an element is: it holds nothing but texts, and one of them has the name of a secret. */
function credentialOf(element: SoapElement, types: SoapTypes): SoapCredential | undefined {
  const leaves = leavesOf(element, types, [], true);
  const secret = leaves?.find(({ name }) => isSecretName(name));
  if (leaves === undefined || secret === undefined) return undefined;
  // Many toolkits call everything optional; without a name and its secret nobody is known.
  const isNamed = leaves.some(({ required }) => required);
  const needed = (leaf: Leaf): boolean =>
    isNamed
      ? leaf.required
      : leaf === secret || (USER.test(leaf.name) && leaf.path.length === secret.path.length);
  return {
    name: element.name,
    ns: element.ns,
    parts: leaves.map((leaf) => ({ path: [...leaf.path], setting: leaf.name, required: needed(leaf) })),
  };
}

/** Everything that the headers of an operation are; `taken` are the members that its body has. */
export function headersOf(uses: readonly HeaderUse[], types: SoapTypes, taken: readonly string[]): Headers {
  const credentials: SoapCredential[] = [];
  const members: Headers['members'][number][] = [];
  const missing: string[] = [];
  for (const { part, ns, required } of uses) {
    const found = elementOf(part, ns, types);
    if (found === undefined) {
      missing.push(part.element ?? part.name);
      continue;
    }
    const credential = credentialOf(found.element, types);
    if (credential !== undefined) credentials.push(credential);
    else
      members.push({ ...found.element, key: keyFor(found.element.name, taken), json: found.json, required });
  }
  return { credentials, members, missing };
}

const keyFor = (name: string, taken: readonly string[]): string =>
  taken.includes(name) ? `${name}_header` : name;

function elementOf(
  part: HeaderUse['part'],
  ns: string,
  types: SoapTypes,
): { readonly element: SoapElement; readonly json: JsonObject } | undefined {
  if (part.element !== undefined) {
    const target = resolveName(part.node, part.element);
    const found = target && types.element(target.ns, target.name);
    return found && { element: found.element, json: found.shape.json };
  }
  const outside = { root: part.node, ns: '', isChameleon: false };
  const shape = types.named(part.type ?? '', { node: part.node, document: outside });
  return { element: { name: part.name, ns, type: shape.type }, json: shape.json };
}

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const PASSWORD_TEXT =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText';
const token = (name: string) => [
  { name: 'UsernameToken', ns: WSSE },
  { name, ns: WSSE },
];

/** Name and password as WS-Security has them (Username Token Profile 1.1, section 3.1). */
export const USERNAME_TOKEN: SoapCredential = {
  name: 'Security',
  ns: WSSE,
  parts: [
    { path: token('Username'), setting: 'USERNAME', required: true },
    { path: token('Password'), setting: 'PASSWORD', required: true, attributes: { Type: PASSWORD_TEXT } },
  ],
};

export const isUsernameToken = (uses: readonly HeaderUse[]): boolean =>
  uses.some(({ part }) => part.element !== undefined && resolveName(part.node, part.element)?.ns === WSSE);
