import type { Effect } from '@counterpart/schemas';
import { effectOf } from '../openapi/operation/effects.ts';
import { wordsOf } from '../openapi/text/names.ts';

/** Verbs of calls that only look, where no method says so. */
const LOOKING = new Set(
  'get list find search query read fetch lookup describe count check validate verify show view estimate calculate compute compare ping is has exists status version info inspect resolve discover browse watch subscribe stream listen'.split(
    ' ',
  ),
);

/**
 * What a call does to the service, judged from its name alone: a name whose first or, behind the name of a group, second
 * part begins with a verb that only looks is a read; any word of removal makes it destructive.
 */
export function effectOfName(name: string): { effect: Effect; idempotent: boolean } {
  const parts = name.split(/[./:_]+/).map(wordsOf);
  const words = parts.flat();
  const judged = effectOf('POST', words);
  if (judged.effect === 'destructive') return judged;
  const looks =
    parts.slice(0, 2).some(([first = '']) => LOOKING.has(first)) || LOOKING.has(parts.at(-1)?.[0] ?? '');
  return looks ? { effect: 'read', idempotent: true } : judged;
}
