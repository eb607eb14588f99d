import type { GrpcFacet, GrpcField, GrpcScalar } from '@counterpart/schemas';
import { WELL_KNOWN } from './well-known.ts';
import { ProtoProblem, wireTypeOf } from './wire-format.ts';

/** Messages that may stand inside each other. */
const MOST_DEPTH = 100;

/** The one well-known type whose JSON depends on the types of the service. */
export const ANY = 'google.protobuf.Any';

/** Fields of a message; none for one that is not known. */
export const fieldsOf = ({ messages }: GrpcFacet, type: string): readonly GrpcField[] =>
  WELL_KNOWN.get(type) ?? (Object.hasOwn(messages, type) ? (messages[type] ?? []) : []);

/** True for a type that this side can write and read. */
export const isKnown = ({ messages }: GrpcFacet, type: string): boolean =>
  WELL_KNOWN.has(type) || Object.hasOwn(messages, type);

/** How the values of a field are written; undefined for messages and groups. */
export const scalarOf = ({ type }: GrpcField): GrpcScalar | undefined =>
  type === 'message' || type === 'group' ? undefined : type === 'enum' ? 'int32' : type;

/** Wire type of a field's values, one by one. */
export function wireTypeOfField(field: GrpcField): number {
  if (field.key !== undefined || field.type === 'message') return 2;
  const scalar = scalarOf(field);
  return scalar === undefined ? 3 : wireTypeOf(scalar);
}

/** The two fields of a map's entries. */
export const entryFields = ({
  name,
  key = 'string',
  type,
  of,
}: GrpcField): { readonly key: GrpcField; readonly value: GrpcField } => ({
  key: { name: 'key', number: 1, type: key },
  value: { name, number: 2, type, ...(of === undefined ? {} : { of }) },
});

/** Full name of the type that an Any says it holds. */
export const typeInAny = (url: unknown): string =>
  typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : '';

/** Throws ProtoProblem for what is nested deeper than anybody means. */
export function assertDepth(depth: number): void {
  if (depth > MOST_DEPTH) throw new ProtoProblem(`it is nested deeper than ${MOST_DEPTH} messages`);
}
