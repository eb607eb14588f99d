import { ToolFailure } from '../../failure.ts';
import type { Notes } from '../notes.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A line longer than this is no line of a table: memory stays bounded whatever the source is. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

function* linesOfBlock(block: Uint8Array, firstLine: number, notes: Notes): Generator<string> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const loose = new TextDecoder('windows-1252');
  let line = firstLine;
  let start = 0;
  while (start < block.length) {
    const found = block.indexOf(LINE_FEED, start);
    const end = found === -1 ? block.length : found;
    const bytes = block.subarray(start, end);
    try {
      yield strict.decode(bytes);
    } catch {
      notes.add('Not UTF-8, read as Windows-1252', line);
      yield loose.decode(bytes);
    }
    line += 1;
    start = end + 1;
  }
}

/** Lines of UTF-8 text; one that is no UTF-8 is read as Windows-1252 and noted. */
function decodeMixed(block: Uint8Array, firstLine: number, notes: Notes): string[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(block);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines;
  } catch {
    return [...linesOfBlock(block, firstLine, notes)];
  }
}

const tooLong = (line: number): ToolFailure =>
  new ToolFailure(`Line ${line} is longer than ${LONGEST_LINE / 1024 / 1024} MiB: this is no table of rows.`);

async function* readUtf8(bytes: AsyncIterable<Uint8Array>, notes: Notes): AsyncGenerator<string[]> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let line = 1;
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const lines = decodeMixed(Buffer.concat([...pieces, chunk.subarray(0, end)]), line, notes);
      yield lines;
      line += lines.length;
      pieces = [];
      held = 0;
    }
    pieces.push(chunk.subarray(end));
    held += chunk.length - end;
    if (held > LONGEST_LINE) throw tooLong(line);
  }
  if (held > 0) yield decodeMixed(Buffer.concat(pieces), line, notes);
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
  for await (const lines of encoding === 'utf-8' ? readUtf8(bytes, notes) : readOther(bytes, encoding))
    yield lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}
