import type { JsonObject, Operation } from '@counterpart/schemas';
import { isObject, member, objectMember } from '../source/json-tree.ts';
import { isOfType, squeezed } from './shape.ts';

const NAMES = /^x?(?:idempotency|idempotent|idempotence)(?:key|token|id)?$/;

/** The input key of the header that makes repeating a call safe; undefined when the description declares none. */
export function idempotencyKeyOf({ http, input }: Pick<Operation, 'http' | 'input'>): string | undefined {
  if (!['POST', 'PATCH', 'PUT', 'DELETE'].includes(http.method)) return undefined;
  const header = http.parameters.find((one) => one.in === 'header' && NAMES.test(squeezed(one.name)));
  return header !== undefined && isObject(input) && takesText(input, header.key) ? header.key : undefined;
}

function takesText(input: JsonObject, key: string): boolean {
  const schema = objectMember(objectMember(input, 'properties'), key);
  return member(schema, 'type') === undefined || isOfType(schema, 'string');
}
