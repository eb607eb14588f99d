import type { Omission } from '@counterpart/schemas';
import type { Exchange } from '../har/entries/exchange.ts';
import { member, textMember } from '../openapi/source/json-tree.ts';
import { addressOf, type Address } from './address.ts';
import { askedBy, type Asked } from './asked.ts';
import type { SavedRequest } from './saved/collection.ts';
import { exchangesOf } from './exchanges.ts';
import type { Variables } from './saved/variables.ts';

/** A saved request, where it goes and what was sent. */
export interface Call {
  readonly saved: SavedRequest;
  readonly address: Address;
  readonly exchanges: readonly Exchange[];
  readonly asked: Asked | undefined;
}

const METHODS = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);

/** The method of a request in upper case. */
export const methodOf = ({ request }: SavedRequest): string =>
  (textMember(request, 'method') ?? 'GET').toUpperCase();

/** Requests to one template are one operation, whatever their parameters are called, unless their bodies ask for different ones. */
export const keyOf = ({ address, saved, asked }: Call): string => {
  const template = address.path.replaceAll(/\{[^}]*\}/g, '{}');
  return `${methodOf(saved)} ${address.origin} ${template} ${asked?.name ?? ''}`;
};

/** A request and where it goes; what cannot be called is put among the omissions. */
export function callOf(saved: SavedRequest, variables: Variables, omitted: Omission[]): Call[] {
  const address = addressOf(member(saved.request, 'url'), variables);
  const method = methodOf(saved);
  const problem =
    address === undefined
      ? 'It has no URL.'
      : /^wss?:/i.test(address.origin)
        ? 'It is a WebSocket; a collection does not say what is sent over it.'
        : METHODS.has(method)
          ? undefined
          : `Its method ${JSON.stringify(method.slice(0, 20))} is none of HTTP.`;
  if (address !== undefined && problem === undefined) {
    const exchanges = exchangesOf(saved, address, variables);
    return [{ saved, address, exchanges, asked: askedBy(saved, exchanges) }];
  }
  omitted.push({
    code: 'operation-invalid',
    severity: 'operation',
    subject: subjectOf(saved),
    reason: problem ?? '',
    source: { pointer: saved.pointer },
  });
  return [];
}

/** Folders and name of a request, as its place is told. */
export const subjectOf = ({ folders, name }: SavedRequest): string =>
  [...folders, name].join(' / ').slice(0, 200);

/** The origin of most requests. */
export function mainOrigin(calls: readonly Call[]): Address | undefined {
  const groups = [...Map.groupBy(calls, ({ address }) => address.origin).values()];
  return groups.toSorted((a, b) => b.length - a.length)[0]?.[0]?.address;
}

/** Whether it is known where a request goes: at the main origin, or at another one that is written out. */
export function isAtHome({ saved, address }: Call, home: Address | undefined, omitted: Omission[]): boolean {
  if (address.isKnown || address.origin === home?.origin || address.origin === '') return true;
  omitted.push({
    code: 'operation-invalid',
    severity: 'operation',
    subject: subjectOf(saved),
    reason: `It is called at ${address.origin.slice(0, 100)}, to which the collection gives no value, while most are called at ${(home?.origin ?? '').slice(0, 100)}; give the variable a value in the collection and export it again.`,
    source: { pointer: saved.pointer },
  });
  return false;
}
