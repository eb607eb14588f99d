import { expect, test } from 'vitest';
import { giveBack } from '../../kernel/protocol/spent-bytes.ts';
import { FrameReader } from '../rpc/framing.ts';
import { Intake } from './intake.ts';

const MB = 1024 * 1024;

/** What a reader is given, and an intake before it that is read into in pieces. */
function reading({ passes = false } = {}) {
  const seen = { lines: [] as string[], parts: [] as number[], memory: [] as number[], kept: [] as Buffer[] };
  /** What was to be done after a while. */
  let due: () => void = () => undefined;
  const passed: Buffer[] = [];
  const reader = new FrameReader({
    frame(line) {
      seen.lines.push(line.toString());
      seen.kept.push(line);
    },
    begun(head) {
      if (!passes) return undefined;
      const take = (part: Buffer): void => {
        seen.parts.push(part.length);
        seen.memory.push(part.buffer.byteLength);
        passed.push(part);
      };
      take(head);
      return {
        take,
        end() {
          seen.lines.push(Buffer.concat(passed).toString());
          giveBack(passed.splice(0));
        },
        overflow: () => undefined,
      };
    },
    oversize: () => undefined,
  });
  const intake = new Intake(reader, {
    now: () => 0,
    after(_, task) {
      due = task;
      return () => {
        due = () => undefined;
      };
    },
  });
  /** As the system reads: never more than there is room for, and never more than `most`. */
  const feed = (text: string, most = 200 * 1024): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) {
      const room = intake.room();
      const length = Math.min(room.length, most, bytes.length - at);
      expect(length).toBeGreaterThan(0);
      bytes.copy(room, 0, at, at + length);
      intake.took(length);
      at += length;
    }
  };
  return { seen, feed, wait: () => due() };
}

const lineOf = (bytes: number, letter = 'x'): string => `{"${letter.repeat(bytes)}":"ü"}`;

test('lines come out whole, in order and once, however the bytes are split', () => {
  const sizes = [3, 70_000, 5, 300_000, 300_001, 1, 1_100_000, 40_000, 2 * MB, 8, 8, 8, 65_536];
  const lines = sizes.map((size, at) => lineOf(size, 'abcdefghijklm'[at]));
  for (const most of [997, 4_096, 65_535, 65_536, 219_264, 262_144]) {
    const { seen, feed } = reading();
    feed(lines.map((line) => `${line}\n`).join(''), most);
    expect(seen.lines.map((line) => line.length)).toEqual(lines.map((line) => line.length));
    expect(seen.lines).toEqual(lines);
  }
});

test('what was handed over stays as it is while more is read, also a line in memory that was lent', () => {
  const { seen, feed } = reading();
  const lines = [lineOf(10, 'a'), lineOf(900_000, 'b'), lineOf(900_000, 'c'), lineOf(20, 'd')];
  feed(lines.map((line) => `${line}\n`).join(''));
  for (const letter of 'ef') lines.push(lineOf(10, letter));
  for (const line of lines.slice(-2)) feed(`${line}\n`);
  expect(seen.kept.map((line) => line.toString())).toEqual(lines);
});

test('memory that is given back is used for the next line, and whoever kept the old one finds it empty', () => {
  const { seen, feed } = reading();
  feed(`${lineOf(900_000, 'a')}\n`);
  const [first] = seen.kept.splice(0);
  giveBack([first ?? Buffer.alloc(0)]);
  feed(`${lineOf(900_000, 'b')}\n`);
  expect(first).toHaveLength(0);
  expect(seen.kept[0]?.toString()).toBe(lineOf(900_000, 'b'));
});

test('the beginning of the next line is not given back with the line before it', () => {
  const { seen, feed } = reading();
  const next = lineOf(100, 'n');
  feed(`${lineOf(300_000, 'a')}\n${next}\n${next.slice(0, 50)}`, 262_144);
  giveBack(seen.kept.splice(0, 1));
  feed(`${next.slice(50)}\n`);
  expect(seen.lines.slice(1)).toEqual([next, next]);
  expect(seen.kept.map((line) => line.toString())).toEqual([next, next]);
});

test('a line of megabytes reaches who takes it in one piece, one of very many in parts', () => {
  const { seen, feed } = reading({ passes: true });
  feed(`${lineOf(3 * MB)}\n`);
  expect(seen.parts).toEqual([]);
  feed(`${lineOf(9 * MB)}\n${lineOf(4)}\n`);
  expect(seen.parts[0]).toBeGreaterThan(4 * MB);
  expect(seen.parts.length).toBeGreaterThan(5);
  expect(seen.lines.map((line) => line.length)).toEqual(
    [3 * MB, 9 * MB, 4].map((size) => lineOf(size).length),
  );
});

test('a line whose end takes long is passed on as it comes, also where nothing more comes', () => {
  const { seen, feed, wait } = reading({ passes: true });
  const line = lineOf(300_000);
  feed(line.slice(0, 100_000));
  expect(seen.parts).toEqual([]);
  wait();
  expect(seen.parts).toEqual([100_000]);
  feed(line.slice(100_000, 150_000));
  feed(line.slice(150_000, 290_000));
  expect(seen.parts).toEqual([100_000, 50_000, 140_000]);
  feed(`${line.slice(290_000)}\n${lineOf(5)}\n`);
  expect(seen.lines).toEqual([line, lineOf(5)]);
});

test('a short line whose end takes long is whole, and so is what comes behind it', () => {
  const { seen, feed, wait } = reading({ passes: true });
  feed('{"a":');
  wait();
  feed('1}\n{"b"');
  wait();
  feed(':2}');
  feed('\n{"c":3}\n');
  wait();
  expect(seen.lines).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
});

test('parts do not hold much more memory than they fill, also where they are small', () => {
  for (const most of [64 * 1024, 200 * 1024]) {
    const { seen, feed } = reading({ passes: true });
    feed(`${lineOf(9 * MB)}\n`, most);
    const filled = seen.parts.reduce((sum, bytes) => sum + bytes, 0);
    const held = seen.memory.reduce((sum, bytes) => sum + bytes, 0);
    expect(held).toBeLessThan(filled * 2);
  }
});
