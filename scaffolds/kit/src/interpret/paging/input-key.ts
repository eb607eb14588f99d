import type { Json } from '@counterpart/schemas';
import { isMembers, type Members } from '../../json-value.ts';
import type { Arguments } from '../../tools/tool.ts';

/**
 * The argument that a key of a paging facet names: `cursor`, or `body.start_cursor` for a member of the body. A key that
 * stands as it is among the arguments is that argument, dot or not.
 */
export function readInput(args: Arguments, key: string): Json | undefined {
  if (Object.hasOwn(args, key)) return args[key];
  return key.split('.').reduce<Json | undefined>((at, part) => {
    return isMembers(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  }, args);
}

/** The arguments with another value for such a key. */
export function writeInput(args: Members, key: string, value: Json): Members {
  const dot = key.indexOf('.');
  if (dot === -1) return { ...args, [key]: value };
  const head = key.slice(0, dot);
  const below = Object.hasOwn(args, head) ? args[head] : undefined;
  return { ...args, [head]: writeInput(isMembers(below) ? below : {}, key.slice(dot + 1), value) };
}

/** Such keys with their values as arguments: a key with a dot becomes the objects it stands for. */
export function nested(input: Members): Members {
  return Object.entries(input).reduce<Members>((all, [key, value]) => merge(all, key.split('.'), value), {});
}

function merge(into: Members, [head = '', ...rest]: readonly string[], value: Json): Members {
  const below = into[head];
  return { ...into, [head]: rest.length === 0 ? value : merge(isMembers(below) ? below : {}, rest, value) };
}
