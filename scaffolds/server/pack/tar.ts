import { gzipSync } from 'node:zlib';
import type { PackedFile } from './files.ts';

const BLOCK = 512;
/** 1985-10-26T08:15Z, which npm writes too: equal content gives equal bytes, and ZIP can say it as well. */
const WRITTEN_S = 499_162_500;

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

/** One file's header (POSIX.1-1988 ustar). */
function headerOf({ path, content, isProgram = false }: PackedFile): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (text: string, at: number): void => void header.write(text, at, 'latin1');
  if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is too long a name for an archive`);
  header.write(path, 0, 'utf8');
  put(octal(isProgram ? 0o755 : 0o644, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(content.byteLength, 12), 124);
  put(octal(WRITTEN_S, 12), 136);
  put('        ', 148);
  put('0', 156);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 7)} `, 148);
  return header;
}

/** Files as a gzipped tar archive, as npm installs them; equal files give equal bytes. */
export function toTarball(files: readonly PackedFile[]): Buffer {
  const blocks = files.flatMap((file) => [
    headerOf(file),
    file.content,
    Buffer.alloc((BLOCK - (file.content.byteLength % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}
