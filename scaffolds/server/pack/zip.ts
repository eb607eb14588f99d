import { crc32, deflateRawSync } from 'node:zlib';
import type { PackedFile } from './files.ts';

const LOCAL_HEADER = 0x04034b50;
const ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const VERSION = 20;
/** Made on Unix, so that the mode below is understood. */
const MADE_BY = (3 << 8) | VERSION;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
/** 1985-10-26 08:15 in the format of MS-DOS: equal content gives equal bytes. */
const [WRITTEN_TIME, WRITTEN_DATE] = [(8 << 11) | (15 << 5), (5 << 9) | (10 << 5) | 26];

/** What the local header and the directory say alike, from `version needed` on. */
function factsOf({ path, content }: PackedFile, packed: Buffer): Buffer {
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(VERSION, 0);
  facts.writeUInt16LE(UTF8_NAMES, 2);
  facts.writeUInt16LE(DEFLATED, 4);
  facts.writeUInt16LE(WRITTEN_TIME, 6);
  facts.writeUInt16LE(WRITTEN_DATE, 8);
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(packed.byteLength, 14);
  facts.writeUInt32LE(content.byteLength, 18);
  facts.writeUInt16LE(Buffer.byteLength(path), 22);
  return facts;
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** Files as a ZIP archive (APPNOTE 6.3, deflate); equal files give equal bytes. */
export function toZip(files: readonly PackedFile[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const packed = deflateRawSync(file.content, { level: 9 });
    const facts = factsOf(file, packed);
    const body = Buffer.concat([number(LOCAL_HEADER), facts, Buffer.from(file.path), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(((file.isProgram === true ? 0o100755 : 0o100644) << 16) >>> 0, 6);
    place.writeUInt32LE(at, 10);
    const maker = Buffer.alloc(2);
    maker.writeUInt16LE(MADE_BY);
    directory.push(number(ENTRY), maker, facts, place, Buffer.from(file.path));
    bodies.push(body);
    at += body.byteLength;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(entries.byteLength, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...bodies, entries, number(END_OF_DIRECTORY), end]);
}
