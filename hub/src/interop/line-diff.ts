export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
}

const CONTEXT_LINES = 2;

/** The lines that differ, with two lines around them. One changed stretch is assumed, as an edit of one place makes. Pure. */
export function diffLines(before: string, after: string): DiffLine[] {
  if (before === after) return [];
  const old = before.split('\n');
  const now = after.split('\n');
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail))
    tail += 1;
  const start = Math.max(0, head - CONTEXT_LINES);
  const line = (kind: DiffLine['kind']) => (text: string) => ({ kind, text: text.replace(/\r$/, '') });
  return [
    ...(start > 0 ? [line('gap')('')] : []),
    ...old.slice(start, head).map(line('same')),
    ...old
      .slice(head, old.length - tail)
      .filter(meaningful(old))
      .map(line('removed')),
    ...now.slice(head, now.length - tail).map(line('added')),
    ...now
      .slice(now.length - tail)
      .slice(0, CONTEXT_LINES)
      .filter((text) => text !== '')
      .map(line('same')),
    ...(tail > CONTEXT_LINES ? [line('gap')('')] : []),
  ];
}

/** An empty file has one empty line, which nobody removed. */
const meaningful = (all: readonly string[]) => (text: string) => all.length > 1 || text !== '';
