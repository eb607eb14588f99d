import { ToolFailure } from '../../failure.ts';
import type { Notes } from '../notes.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A line longer than this is no line of a table: memory stays bounded whatever the source is. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** What a file of bytes is meant to be in, one byte a sign or UTF-8. */
type Single = Extract<Encoding, 'utf-8' | 'windows-1252'>;

const STRANGE: Readonly<Record<Single, string>> = {
  'utf-8': 'Not UTF-8, read as Windows-1252',
  'windows-1252': 'UTF-8 among Windows-1252, read as UTF-8',
};

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);

function* linesOfBlock(
  block: Uint8Array,
  firstLine: number,
  { usual, notes }: { readonly usual: Single; readonly notes: Notes },
): Generator<string> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const loose = new TextDecoder('windows-1252');
  let line = firstLine;
  let start = 0;
  while (start < block.length) {
    const found = block.indexOf(LINE_FEED, start);
    const end = found === -1 ? block.length : found;
    const bytes = block.subarray(start, end);
    let read: Single = 'utf-8';
    let text: string;
    try {
      text = strict.decode(bytes);
    } catch {
      read = 'windows-1252';
      text = loose.decode(bytes);
    }
    if (read !== usual && !isAscii(bytes)) notes.add(STRANGE[usual], line);
    yield text;
    line += 1;
    start = end + 1;
  }
}

/** Lines of bytes; one that is not as the others are is read as what it is and noted. */
function decodeMixed(block: Uint8Array, firstLine: number, usual: Single, notes: Notes): string[] {
  try {
    // Pure ASCII is the same either way.
    if (usual === 'windows-1252' && !isAscii(block))
      return [...linesOfBlock(block, firstLine, { usual, notes })];
    const text = new TextDecoder('utf-8', { fatal: true }).decode(block);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines;
  } catch {
    return [...linesOfBlock(block, firstLine, { usual, notes })];
  }
}

const tooLong = (line: number): ToolFailure =>
  new ToolFailure(`Line ${line} is longer than ${LONGEST_LINE / 1024 / 1024} MiB: this is no table of rows.`);

async function* readBytes(
  bytes: AsyncIterable<Uint8Array>,
  usual: Single,
  notes: Notes,
): AsyncGenerator<string[]> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let line = 1;
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const lines = decodeMixed(Buffer.concat([...pieces, chunk.subarray(0, end)]), line, usual, notes);
      yield lines;
      line += lines.length;
      pieces = [];
      held = 0;
    }
    pieces.push(chunk.subarray(end));
    held += chunk.length - end;
    if (held > LONGEST_LINE) throw tooLong(line);
  }
  if (held > 0) yield decodeMixed(Buffer.concat(pieces), line, usual, notes);
}

async function* readOther(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string[]> {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  let line = 1;
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw tooLong(line);
    line += lines.length;
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}

/** Lines without their ends, a batch at a time; memory is bounded by the longest line. Throws ToolFailure. */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  notes: Notes,
): AsyncGenerator<string[]> {
  const batches =
    encoding === 'utf-8' || encoding === 'windows-1252'
      ? readBytes(bytes, encoding, notes)
      : readOther(bytes, encoding);
  for await (const lines of batches)
    yield lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}
