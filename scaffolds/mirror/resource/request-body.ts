import type { JsonSchema, Operation } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import type { Located } from './locate.ts';
import { isObjectSchema, itemsOf, membersOf } from './members.ts';
import { plain, singular } from './words.ts';

const WRAPPERS = new Set(['data', 'item', 'resource', 'payload']);

/** The thing a body carries: the body itself, or what stands alone under its own name or in an envelope. */
export function bodyShape(operation: Operation, typing: Typing, noun = ''): Located | undefined {
  const content = operation.http.body?.contents[0];
  if (!content || content.kind === 'text' || content.kind === 'binary') return undefined;
  return unwrap(content.schema, noun, typing);
}

function unwrap(schema: JsonSchema, noun: string, typing: Typing): Located {
  const members = Object.entries(membersOf(schema, typing));
  const wanted = singular(plain(noun));
  const isOwn = (name: string): boolean => wanted !== '' && singular(plain(name)) === wanted;
  const [only, ...others] = members;
  if (!only || others.length > 2) return { steps: [], schema };
  const wrapper =
    members.find(([name]) => isOwn(name)) ??
    (others.length === 0 && WRAPPERS.has(plain(only[0])) ? only : undefined);
  if (!wrapper) return { steps: [], schema };
  const [name, inner] = wrapper;
  const items = itemsOf(inner, typing);
  if (items !== undefined && isObjectSchema(items, typing)) return { steps: [name, 0], schema: items };
  return isObjectSchema(inner, typing) ? { steps: [name], schema: inner } : { steps: [], schema };
}
