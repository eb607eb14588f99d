import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { throughGzip } from './gunzip.ts';
import { Notes } from '../notes.ts';
import { inPieces } from '../testing.ts';

async function read(bytes: Uint8Array): Promise<{ text: string; notes: string[] }> {
  const notes = new Notes();
  const pieces: Uint8Array[] = [];
  for await (const piece of throughGzip(inPieces(bytes, 100), notes)) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString(), notes: notes.list() };
}

const TEXT = Array.from({ length: 5_000 }, (_, index) => `${index},${Math.sin(index)}`).join('\n');

test('gzip data is read through, anything else as it is', async () => {
  verifies('M42');
  expect(await read(gzipSync(TEXT))).toEqual({ text: TEXT, notes: [] });
  expect((await read(Buffer.from(TEXT))).text).toBe(TEXT);
  expect(await read(new Uint8Array())).toEqual({ text: '', notes: [] });
});

test('gzip data that ends early gives what stands before; damaged data is refused', async () => {
  verifies('M42');
  const packed = gzipSync(TEXT);
  const cut = await read(packed.subarray(0, packed.length / 2));
  expect(TEXT.startsWith(cut.text) && cut.text.length > 0).toBe(true);
  expect(cut.notes).toEqual(['The gzip data ends early; what stands before was read (line 1).']);
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 200, 400);
  await expect(read(damaged)).rejects.toThrow('Its gzip data is damaged.');
});

test('reading may stop in the middle', async () => {
  let opened = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      opened += 1;
      yield gzipSync(TEXT);
      for (;;) yield Buffer.alloc(1_000);
    } finally {
      opened -= 1;
    }
  }
  for await (const piece of throughGzip(endless(), new Notes())) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  expect(opened).toBe(0);
});
