import type { KeptVersion } from './kept.ts';

/**
 * Versions that need not be kept any more: beyond the newest `keep`, and neither in use nor the one before that. Pure;
 * `kept` is sorted, the newest first.
 */
export function superfluous(
  kept: readonly KeptVersion[],
  { keep, active }: { readonly keep: number; readonly active: KeptVersion | undefined },
): KeptVersion[] {
  const before = active?.provenance.before;
  const isNeeded = ({ provenance }: KeptVersion): boolean =>
    provenance.content === active?.provenance.content || provenance.content === before;
  const needed = kept.filter(isNeeded).length;
  let room = Math.max(0, keep - needed);
  return kept.filter((version) => {
    if (isNeeded(version)) return false;
    room -= 1;
    return room < 0;
  });
}
