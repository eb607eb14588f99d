import type { JsonSchema, Operation } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import type { Located } from './locate.ts';
import { isObjectSchema, itemsOf, membersOf, nameListIn } from './members.ts';
import { plain, singular, type Called } from './words.ts';

const WRAPPERS = new Set(['data', 'item', 'resource', 'payload']);

/** The thing a body carries: the body itself, or what stands alone under its own name or in an envelope. */
export function bodyShape(operation: Operation, typing: Typing, thing: Wanted = {}): Located | undefined {
  const content = operation.http.body?.contents[0];
  if (!content || content.kind === 'text' || content.kind === 'binary') return undefined;
  return unwrap(content.schema, thing, typing);
}

/** What is known of the thing a body may carry. */
export interface Wanted {
  /** Its name, where the body may hold it under that. */
  readonly noun?: string;
  /** What the answer shows of it. */
  readonly shown?: JsonSchema | undefined;
}

function unwrap(schema: JsonSchema, { noun = '', shown }: Wanted, typing: Typing): Located {
  const own = new Set(Object.keys(membersOf(shown ?? true, typing)));
  const members = Object.entries(membersOf(schema, typing));
  const wanted = singular(plain(noun));
  // A member that the thing itself has is no wrapper of it: a tree holds a `tree`.
  const isOwn = (name: string): boolean =>
    wanted !== '' && singular(plain(name)) === wanted && !own.has(name);
  const [only, ...others] = members;
  if (!only || others.length > 2) return { steps: [], schema };
  const wrapper =
    members.find(([name]) => isOwn(name)) ??
    (others.length === 0 && (WRAPPERS.has(plain(only[0])) || listsThings(only, own, typing))
      ? only
      : undefined);
  if (!wrapper) return { steps: [], schema };
  const [name, inner] = wrapper;
  const items = itemsOf(inner, typing);
  if (items !== undefined && isObjectSchema(items, typing)) return { steps: [name, 0], schema: items };
  return isObjectSchema(inner, typing) ? { steps: [name], schema: inner } : { steps: [], schema };
}

/** True for a list, under whatever name, of objects that say nothing but what the thing has. */
function listsThings(
  [name, schema]: [string, JsonSchema],
  own: ReadonlySet<string>,
  typing: Typing,
): boolean {
  const items = itemsOf(schema, typing);
  const members = items === undefined ? [] : Object.keys(membersOf(items, typing));
  return !own.has(name) && members.length > 0 && members.every((member) => own.has(member));
}

/** The member of a body that names several new things and says nothing else of them. */
export function namesInBody({ http }: Operation, called: Called, typing: Typing): string | undefined {
  const content = http.body?.contents[0];
  if (content?.kind !== 'json') return undefined;
  const isAlone = Object.keys(membersOf(content.schema, typing)).length === 1;
  return isAlone ? nameListIn(content.schema, called, typing) : undefined;
}
