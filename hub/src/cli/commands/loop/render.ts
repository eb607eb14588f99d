import type { LoopDetail } from '@counterpart/schemas';
import type { Paint } from '../../output/text/paint.ts';

const WAITS = {
  author: (id: string) =>
    `waits for its author: \`hub builds question ${id}\` shows what is asked, \`hub builds answer ${id} <file>\` answers`,
  approval: (id: string) =>
    `waits for a decision: \`hub review ${id}\` shows it on a page, \`hub builds approve ${id}\` or \`hub builds reject ${id}\` here`,
  secrets: (id: string) =>
    `is installed and waits for its secrets: \`hub secret set <name>\`, or \`hub builds skip ${id}\``,
} as const;

/** Where a build stands, and what to do about it. */
export function standing(
  { id, state, waitsFor, server, problem, folder, person }: LoopDetail,
  paint: Paint,
): string {
  const name = `${paint.strong(id)}${person === undefined ? '' : ` (of ${person})`}`;
  if (waitsFor !== undefined) return `${paint.warn('●')} ${name} ${WAITS[waitsFor](id)}`;
  if (state === 'installed') return `${paint.good('✓')} ${name}: ${paint.strong(server ?? '')} is installed`;
  if (state === 'failed')
    return `${paint.bad('✗')} ${name} stopped. ${problem ?? ''}\n  Everything is kept in ${folder}; \`hub builds retry ${id}\` goes on.`;
  return `${paint.faint('○')} ${name} is ${state}`;
}
