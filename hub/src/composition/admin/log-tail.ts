import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** A file of any size: only its last part is read. */
const TAIL_BYTES = 4 * 1024 * 1024;

/** The last lines of the hub’s log, or of what it says of one server. */
export function logTail(file: string, server: string | undefined, count: number): string[] {
  if (!existsSync(file)) return [];
  const text = readEnd(file).toString('utf8');
  const wanted = (line: string) =>
    line !== '' && (server === undefined || line.includes(`"server":${JSON.stringify(server)}`));
  return text.split('\n').filter(wanted).slice(-count);
}

function readEnd(file: string): Buffer {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const end = Buffer.alloc(Math.min(size, TAIL_BYTES));
    return end.subarray(0, readSync(handle, end, 0, end.length, size - end.length));
  } finally {
    closeSync(handle);
  }
}
