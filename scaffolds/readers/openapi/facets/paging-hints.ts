import type { JsonObject, Operation, Pagination } from '@counterpart/schemas';
import { isObject, listMember, member, objectMember, textMember } from '../source/json-tree.ts';
import { pageAnswerOf } from './page-answer.ts';
import { toPointer, type TypeOf } from './shape.ts';

/** What a vendor's extension says of paging, read from the operation as it stands in the description. */
export type PagingHint = (operation: Operation, typeOf: TypeOf) => Pagination | undefined;

/**
 * Reads the paging extensions of widespread generators: `x-ms-pageable`, `x-speakeasy-pagination`, `x-fern-pagination`.
 * Undefined when there is none, or one that cannot be understood.
 */
export function pagingHintOf(operation: JsonObject): PagingHint | undefined {
  const pageable = member(operation, 'x-ms-pageable');
  if (isObject(pageable)) return (made, typeOf) => fromPageable(pageable, made, typeOf);
  const speakeasy = member(operation, 'x-speakeasy-pagination');
  if (isObject(speakeasy)) return (made, typeOf) => fromSpeakeasy(speakeasy, made, typeOf);
  const fern = member(operation, 'x-fern-pagination');
  return isObject(fern) ? (made) => fromFern(fern, made) : undefined;
}

function itemsOf({ output, http }: Operation, typeOf: TypeOf): string | undefined {
  return output === undefined ? undefined : pageAnswerOf(output, http.path, typeOf)?.items;
}

function fromPageable(hint: JsonObject, operation: Operation, typeOf: TypeOf): Pagination | undefined {
  const next = textMember(hint, 'nextLinkName');
  const item = textMember(hint, 'itemName');
  const items = item === undefined ? (itemsOf(operation, typeOf) ?? '/value') : toPointer([item]);
  // Without a name for the link the service answers everything at once.
  return next === undefined || next === ''
    ? undefined
    : { kind: 'link', request: {}, response: { items, next: toPointer(next.split('.')) } };
}

/** `$.data.items` and `$response.data.items` as a pointer; undefined for a path with more than names in it. */
function pointerOf(path: string | undefined): string | undefined {
  const [, steps] = /^\$(?:response)?((?:\.[\w-]+|\['[^']+'\])*)$/.exec(path ?? '') ?? [];
  if (steps === undefined) return undefined;
  return toPointer(
    [...steps.matchAll(/\.([\w-]+)|\['([^']+)'\]/g)].map(([, dotted, quoted]) => dotted ?? quoted ?? ''),
  );
}

function keyOf({ http }: Operation, name: string | undefined, place: string): string | undefined {
  if (name === undefined) return undefined;
  if (place === 'requestBody' || place === 'body') return `body.${name}`;
  return http.parameters.find((parameter) => parameter.name === name)?.key;
}

const given = (value: {
  readonly [name in keyof Pagination['request']]?: string | undefined;
}): Pagination['request'] =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])),
  );

function fromSpeakeasy(hint: JsonObject, operation: Operation, typeOf: TypeOf): Pagination | undefined {
  const inputs = listMember(hint, 'inputs').filter(isObject);
  const input = (type: string): string | undefined => {
    const found = inputs.find((one) => textMember(one, 'type') === type);
    return found && keyOf(operation, textMember(found, 'name'), textMember(found, 'in') ?? 'parameters');
  };
  const outputs = objectMember(hint, 'outputs');
  const items = pointerOf(textMember(outputs, 'results')) ?? itemsOf(operation, typeOf);
  if (items === undefined) return undefined;
  const [page, offset, limit, cursor] = ['page', 'offset', 'limit', 'cursor'].map(input);
  const next = pointerOf(textMember(outputs, 'nextCursor'));
  const link = pointerOf(textMember(outputs, 'nextUrl'));
  if (cursor !== undefined && next !== undefined)
    return { kind: 'cursor', request: given({ cursor, limit }), response: { items, next } };
  if (link !== undefined)
    return { kind: 'link', request: given({ page, limit }), response: { items, next: link } };
  if (page !== undefined) return { kind: 'page', request: given({ page, limit }), response: { items } };
  return offset === undefined
    ? undefined
    : { kind: 'offset', request: given({ page: offset, limit }), response: { items } };
}

function fromFern(hint: JsonObject, operation: Operation): Pagination | undefined {
  const named = (member: string): string | undefined => {
    const [, name] = /^\$request\.([\w-]+)$/.exec(textMember(hint, member) ?? '') ?? [];
    return (
      keyOf(operation, name, 'parameters') ??
      (name === undefined ? undefined : keyOf(operation, name, 'body'))
    );
  };
  const items = pointerOf(textMember(hint, 'results'));
  if (items === undefined) return undefined;
  const next = pointerOf(textMember(hint, 'next_cursor'));
  const cursor = named('cursor');
  if (cursor !== undefined && next !== undefined)
    return { kind: 'cursor', request: { cursor }, response: { items, next } };
  const offset = named('offset');
  if (offset === undefined) return undefined;
  const kind = /page/i.test(offset) ? 'page' : 'offset';
  return { kind, request: { page: offset }, response: { items } };
}
