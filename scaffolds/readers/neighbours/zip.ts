import { inflateRawSync } from 'node:zlib';

/** Files of an archive by their path, with `/` between folders. */
export type ZipFiles = ReadonlyMap<string, Uint8Array>;

const MAX_ENTRIES = 10_000;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
const END_OF_DIRECTORY = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;

/** True when bytes begin as a ZIP archive with at least one file does. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/**
 * The JSON and YAML files of an archive, in memory: nothing is written, so no path of it can reach the disk. Paths with `..`
 * are passed over. Throws an Error that says what is wrong with the archive, also when it unfolds to more than 64 MiB.
 */
export function readZip(archive: Uint8Array): ZipFiles {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const files = new Map<string, Uint8Array>();
  let room = MAX_TOTAL_BYTES;
  for (const entry of entriesOf(bytes)) {
    if (!isWanted(entry.name)) continue;
    const content = contentOf(bytes, entry, room);
    room -= content.byteLength;
    files.set(entry.name, content);
  }
  return files;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly compressedSize: number;
  readonly headerOffset: number;
}

const isWanted = (name: string): boolean =>
  /\.(?:json|ya?ml)$/i.test(name) &&
  !name.startsWith('/') &&
  !name.startsWith('__MACOSX/') &&
  !name.split('/').some((step) => step === '..' || step === '.');

function entriesOf(bytes: Buffer): Entry[] {
  // The directory's end stands last, before a comment of at most 64 KiB.
  const from = Math.max(0, bytes.length - 22 - 0xffff);
  let end = bytes.length - 22;
  while (end >= from && bytes.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < from) throw new Error('its directory is missing; it may be cut off');
  const count = bytes.readUInt16LE(end + 10);
  if (count > MAX_ENTRIES) throw new Error(`it holds more than ${MAX_ENTRIES} files`);
  let at = bytes.readUInt32LE(end + 16);
  return Array.from({ length: count }, () => {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY)
      throw new Error('its directory is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      bytes.readUInt16LE(at + field),
    );
    const entry: Entry = {
      name: bytes.toString('utf8', at + 46, at + 46 + (nameLength ?? 0)).replaceAll('\\', '/'),
      method: bytes.readUInt16LE(at + 10),
      isEncrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      compressedSize: bytes.readUInt32LE(at + 20),
      headerOffset: bytes.readUInt32LE(at + 42),
    };
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
    return entry;
  });
}

function contentOf(bytes: Buffer, entry: Entry, room: number): Uint8Array {
  const { headerOffset: at, compressedSize, method, isEncrypted } = entry;
  if (isEncrypted) throw new Error('it is encrypted');
  if (at + 30 > bytes.length || bytes.readUInt32LE(at) !== LOCAL_HEADER)
    throw new Error('its directory is damaged');
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const content = bytes.subarray(start, start + compressedSize);
  const tooLarge = new Error(`its files are larger than ${MAX_TOTAL_BYTES / 1024 / 1024} MiB together`);
  if (room <= 0 || (method === 0 && content.byteLength > room)) throw tooLarge;
  if (method === 0) return content;
  if (method !== 8) throw new Error('it is packed in a way that is not known');
  try {
    return inflateRawSync(content, { maxOutputLength: room });
  } catch (error) {
    const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isLarge ? tooLarge : new Error(`${entry.name.slice(0, 80)} in it is damaged`, { cause: error });
  }
}
