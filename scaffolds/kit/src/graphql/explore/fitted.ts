/** Bytes of one answer about the schema: what a step may cost. */
export const STEP_BYTES = 3_600;

interface Listing {
  readonly head: readonly string[];
  readonly lines: readonly string[];
  /** Lines that were passed over before the first. */
  readonly skip: number;
  /** All lines there are. */
  readonly total: number;
  /** What to do next; empty: nothing. */
  readonly next: string;
}

const LONGEST_LINE = 900;

const cut = (line: string): string => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line);

/** As many lines as fit into a step, and how to read on. */
export function fitted({ head, lines, skip, total, next }: Listing): string {
  const kept: string[] = [];
  let room = STEP_BYTES - 160 - Buffer.byteLength([...head, next].join('\n'));
  for (const line of lines.map(cut)) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    kept.push(line);
  }
  const end = skip + kept.length;
  const rest = end < total ? [`… ${total - end} more: call again with {"skip":${end}}.`] : [];
  return [...head, ...kept, ...rest, ...(next === '' ? [] : [next])].join('\n');
}
