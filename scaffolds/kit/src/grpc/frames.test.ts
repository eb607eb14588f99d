import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FrameReader, inflateOf, toFrame } from './frames.ts';

const text = (messages: readonly Buffer[]): string[] => messages.map(String);
const compressed = (bytes: Uint8Array): Buffer => {
  const frame = toFrame(bytes);
  frame[0] = 1;
  return frame;
};

describe('messages of a stream', () => {
  test('come whole, however the bytes were cut', () => {
    const bytes = Buffer.concat(['one', '', 'three'].map((word) => toFrame(Buffer.from(word))));
    for (let size = 1; size <= bytes.length; size += 1) {
      const reader = new FrameReader(100);
      const found: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size)
        found.push(...reader.push(bytes.subarray(at, at + size)));
      reader.end();
      expect(text(found)).toEqual(['one', '', 'three']);
    }
  });

  test('that are cut off, too large or no messages are refused', () => {
    const reader = new FrameReader(10);
    reader.push(toFrame(Buffer.from('abc')).subarray(0, 6));
    expect(() => reader.end()).toThrow('the stream ends inside a message');
    expect(() => new FrameReader(10).push(toFrame(Buffer.alloc(11)))).toThrow(
      'a message has 11 bytes, and 10 are the most',
    );
    expect(() => new FrameReader(10).push(Buffer.from('<html>'))).toThrow('bytes, and 10 are the most');
    expect(() => new FrameReader(10).push(Buffer.from([7, 0, 0, 0, 0]))).toThrow(
      'does not consist of messages',
    );
  });

  test('may be compressed, as far as that was offered, and into no more than the limit', async () => {
    const gzip = await inflateOf('gzip');
    expect(text(new FrameReader(100, gzip).push(compressed(gzipSync('word'))))).toEqual(['word']);
    expect(() => new FrameReader(100).push(compressed(gzipSync('word')))).toThrow(
      'a way that was not offered',
    );
    expect(() => new FrameReader(100, gzip).push(compressed(Buffer.from('word')))).toThrow(
      'a message is no gzip data',
    );
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    expect(() => new FrameReader(2_000, gzip).push(compressed(bomb))).toThrow(
      'a message has more than 2000 bytes',
    );
    expect(await inflateOf('snappy')).toBeUndefined();
  });
});
