import type { Effect } from '@counterpart/schemas';

const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);
const IDEMPOTENT = new Set([...READING, 'PUT', 'DELETE']);
const REMOVING = new Set([
  'delete',
  'del',
  'rm',
  'remove',
  'cancel',
  'purge',
  'revoke',
  'destroy',
  'erase',
  'drop',
  'wipe',
  'terminate',
  'kill',
  'uninstall',
  'expire',
  'void',
  'detach',
  'unlink',
  'deactivate',
  'disable',
  'archive',
  'prune',
  'clear',
  'reset',
  'evict',
  'overwrite',
  'replace',
  'refund',
]);

const OPENLY_REMOVING = new Set([
  'delete',
  'del',
  'rm',
  'remove',
  'destroy',
  'purge',
  'erase',
  'wipe',
  'revoke',
  'kill',
  'terminate',
  'uninstall',
]);

/** Some services remove with GET; a name that begins so is believed more than the method. */
const removes = ([first]: readonly string[]): boolean => first !== undefined && OPENLY_REMOVING.has(first);

/** What a call may do, judged from the method (RFC 9110, 9.2) and made stricter, never milder, by the words of its name. */
export function effectOf(method: string, words: readonly string[]): { effect: Effect; idempotent: boolean } {
  const idempotent = IDEMPOTENT.has(method);
  if (READING.has(method))
    return removes(words) ? { effect: 'destructive', idempotent: false } : { effect: 'read', idempotent };
  if (method === 'DELETE' || method === 'PUT') return { effect: 'destructive', idempotent };
  return { effect: words.some((word) => REMOVING.has(word)) ? 'destructive' : 'write', idempotent };
}
