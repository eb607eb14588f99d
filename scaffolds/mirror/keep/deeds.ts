import type { Json, JsonObject } from '@counterpart/schemas';
import { membersOf } from '../resource/members.ts';
import { plain } from '../resource/words.ts';
import { allowedValues } from '../sample/shape.ts';
import { isObject, own, toSchema } from '../schema/json-value.ts';
import type { Visit } from './keeper.ts';
import { mergePatch } from './value/merge.ts';

const STATUS = new Set(['status', 'state', 'phase', 'lifecycle']);
/** Verbs that take back what another did. */
const UNDOING = /^(?:un|re(?:open|store|activate|enable)|dis)/;
const STEM = 4;

/** A value that says the deed is done: `cancel` makes something `canceled`. */
function afterVerb(verb: string, allowed: readonly Json[]): Json | undefined {
  const stem = verb.slice(0, Math.max(STEM, verb.length - 2));
  return allowed.find(
    (value) => typeof value === 'string' && plain(value).startsWith(stem.slice(0, plain(value).length)),
  );
}

/** A thing after an action on it: what was sent is in it, and its status or flag says what was done. */
export function afterDeed(
  value: JsonObject,
  { verb, sent }: { readonly verb: string; readonly sent: JsonObject },
  { binding, keeper }: Visit,
): JsonObject {
  const members = membersOf(binding.resource.schema ?? true, keeper.typing);
  const known = Object.entries(sent).filter(([name]) => Object.hasOwn(members, name));
  const merged = mergePatch(value, Object.fromEntries(known), false);
  const changes: [string, Json][] = [];
  const positive = verb.replace(/^un|^dis/, '');
  for (const [name, member] of Object.entries(members)) {
    const keywords = keeper.typing.shapeOf(toSchema(member))?.keywords ?? {};
    const done = STATUS.has(plain(name)) ? afterVerb(verb, allowedValues(keywords) ?? []) : undefined;
    if (done !== undefined) changes.push([name, done]);
    const isFlag =
      typeof own(value, name) === 'boolean' || keeper.typing.book.accepts(toSchema(member), true);
    const says = plain(name).replace(/^is/, '').startsWith(positive) && positive.length >= STEM;
    if (isFlag && says && member !== true) changes.push([name, !UNDOING.test(verb) || positive === verb]);
  }
  return { ...(isObject(merged) ? merged : value), ...Object.fromEntries(changes) };
}
