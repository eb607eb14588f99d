import { expect, test } from 'vitest';
import { FrameReader } from './framing.ts';

/** A repeatable sequence in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function read(chunks: Iterable<Buffer>, maxBytes?: number) {
  const seen = { lines: [] as string[], oversize: [] as string[][], blanks: 0 };
  const reader = new FrameReader(
    {
      frame: (line) => void seen.lines.push(line.toString('utf8')),
      blank: () => void (seen.blanks += 1),
      oversize: (head, tail) => void seen.oversize.push([head.toString('latin1'), tail.toString('latin1')]),
    },
    maxBytes,
  );
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

test('lines come out whole however the bytes are split, also inside a character', () => {
  const lines = ['{"a":1}', '{"text":"naïve — 日本語 🎉"}', '', 'x'.repeat(3_000), '{"b":"\\n"}'];
  const bytes = Buffer.from(lines.join('\n') + '\n', 'utf8');
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + Math.floor(random() * (seed % 2 === 0 ? 7 : 900));
      chunks.push(bytes.subarray(at, end));
      at = end;
    }
    expect(read(chunks)).toEqual({ lines: lines.filter((line) => line !== ''), oversize: [], blanks: 1 });
  }
});

test('a carriage return before the line end is no part of the line, and an unfinished line is kept back', () => {
  expect(read([Buffer.from('{"a":1}\r\n\r\n{"b"')])).toEqual({ lines: ['{"a":1}'], oversize: [], blanks: 1 });
});

test('a frame of ten megabytes in small chunks is one frame', () => {
  const big = Buffer.alloc(10 * 1024 * 1024, 'x');
  const chunks = Array.from({ length: big.length / 4_096 }, (_, at) =>
    big.subarray(at * 4_096, (at + 1) * 4_096),
  );
  const { lines } = read([...chunks, Buffer.from('\n{"next":1}\n')]);
  expect(lines.map((line) => line.length)).toEqual([big.length, 10]);
});

test('a line beyond the limit is dropped alone, and both its ends are told', () => {
  const long = `{"jsonrpc":"2.0","id":7,"result":"${'y'.repeat(5_000)}THE-END"}`;
  const chunks = Array.from({ length: Math.ceil(long.length / 100) }, (_, at) =>
    Buffer.from(long.slice(at * 100, at * 100 + 100)),
  );
  const { lines, oversize } = read([...chunks, Buffer.from('\n{"next":1}\n')], 1_000);
  expect(lines).toEqual(['{"next":1}']);
  expect(oversize).toEqual([
    [
      expect.stringMatching(/^\{"jsonrpc":"2\.0","id":7,"result":"y+$/),
      expect.stringMatching(/y+THE-END"\}$/),
    ],
  ]);
});

/** Lines as they come out, and what becomes of a long one whose rest is taken, or is not. */
function passing(isTaken: boolean, pieces: readonly string[], maxBytes?: number): string[] {
  const told: string[] = [];
  const short = (bytes: Buffer): string =>
    bytes.toString('latin1').replace(/(.)\1{8,}/g, (run) => `${run[0]}*${run.length}`);
  const taker = {
    take: (part: Buffer) => void told.push(`more ${short(part)}`),
    end: () => void told.push('end'),
    overflow: () => void told.push('too long'),
  };
  const reader = new FrameReader(
    {
      frame: (line) => void told.push(short(line)),
      begun(head) {
        told.push(`begun ${short(head)}`);
        return isTaken ? taker : undefined;
      },
      oversize: () => void told.push('oversize'),
    },
    maxBytes,
  );
  for (const piece of pieces) reader.push(Buffer.from(new TextEncoder().encode(piece).buffer));
  return told;
}

const LONG = ['{}\n{"a":"', 'x'.repeat(40_000), 'y'.repeat(40_000), 'z'.repeat(40_000), '"}\n{"b":1}\n'];

test('the rest of a long line goes to who takes it, and the lines around it are frames', () => {
  const begun = 'begun {"a":"x*40000y*40000';
  expect(passing(true, LONG)).toEqual(['{}', begun, 'more z*40000', 'more "}', 'end', '{"b":1}']);
  expect(passing(false, LONG)).toEqual(['{}', begun, '{"a":"x*40000y*40000z*40000"}', '{"b":1}']);
});

test('a line that is taken and gets too long says so once, and the next one is a frame', () => {
  const told = passing(true, [...LONG.slice(0, 4), 'w'.repeat(9), 'w'.repeat(9), ...LONG.slice(4)], 100_000);
  expect(told.slice(2)).toEqual(['too long', '{"b":1}']);
});

test('a piece that ends a long line and holds nothing else may be given back while it is read', () => {
  const pieces = ['{"a":"', 'x'.repeat(40_000), `${'y'.repeat(40_000)}"}\n`, '{"b":1}\n'];
  expect(passing(false, pieces)).toEqual(['{"a":"x*40000y*40000"}', '{"b":1}']);
});
