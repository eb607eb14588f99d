import type { Blueprint, Operation } from '@counterpart/schemas';
import type { Sent } from '../../http/send.ts';

type Service = Pick<Blueprint, 'operations'>;

const known = new WeakMap<Operation, boolean>();

/** Whether what this operation answers is changed with a condition: then its ETag is needed for that call. */
export function isTagged(blueprint: Service, operation: Operation): boolean {
  const tagged = known.get(operation) ?? blueprint.operations.some((other) => wantsTagOf(other, operation));
  known.set(operation, tagged);
  return tagged;
}

/** `PUT /things/{id}` with `If-Match` wants the tag of what `GET /things/{id}` reads and `POST /things` makes. */
function wantsTagOf({ http }: Operation, { effect, http: { path } }: Operation): boolean {
  if (!http.parameters.some(({ in: place, name }) => place === 'header' && /^if-match$/i.test(name)))
    return false;
  if (http.path === path || (path.endsWith('}') && http.path.startsWith(`${path}/`))) return true;
  return effect !== 'read' && http.path.startsWith(`${path}/{`);
}

/** Where a service says how the work goes that it has only begun. */
const ABOUT_WORK = ['operation-location', 'azure-asyncoperation'];

/**
 * Headers of an answer that a next call cannot do without, as lines: the tag of a version, and where to ask again for work that
 * was only begun. Everything else that headers say is about the connection, or in the body too.
 */
export function toldHeaders({ status, headers }: Sent, tagged: boolean): string[] {
  const names = [
    ...(tagged ? ['etag'] : []),
    ...(status === 202 ? ['location', 'retry-after'] : []),
    ...ABOUT_WORK,
  ];
  return names.flatMap((name) => {
    const value = headers[name];
    return value === undefined || value === '' ? [] : [`${name}: ${value}`];
  });
}
