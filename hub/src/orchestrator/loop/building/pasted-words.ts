import { NEVER_HERE, REMOVED } from '../../understanding/credentials/pasted.ts';

/** What a person is told who pasted a credential; after an answer that asked for it, where it is entered once more. */
export function pastedWords(before: string): string {
  const where = before.includes(NEVER_HERE)
    ? before.slice(before.indexOf(NEVER_HERE)).split('\n').slice(1).join('\n').trim()
    : '';
  return [
    'That looked like a secret. I took it out: it was neither kept nor shown to a model.',
    where === ''
      ? 'Enter secrets with `hub secret set <NAME> --server <id>`, where they are stored encrypted; one that others may have seen should be replaced.'
      : `${NEVER_HERE}: enter it on its page, then say "done" (or "later").\n${where}`,
    '',
  ].join('\n');
}

/** Whether nothing is left of a message but words around what was taken out. */
export function isMostlyRemoved(text: string): boolean {
  const words = text.replaceAll(REMOVED, ' ').match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length < 8 && !text.includes('?');
}
