import { expect, test } from 'vitest';
import { inOneTurn } from '../../kernel/async/turn.ts';
import { Journal } from './journal.ts';

/** A follower that takes so many writes and then wants to be waited for. */
function taker(room = Infinity) {
  let left = room;
  const taken: string[] = [];
  return {
    taken,
    more: (count: number) => void (left = count),
    follower: {
      write(text: string) {
        taken.push(text);
        left -= 1;
        return left > 0;
      },
      end: () => void taken.push('END'),
    },
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const journalOf = (keptBytes: number) => {
  let desertions = 0;
  const journal = new Journal({ keptBytes, deserted: () => void (desertions += 1) });
  return { journal, desertions: () => desertions };
};

test('every follower gets each frame once and in order, from where it asks, and the end', async () => {
  const { journal } = journalOf(1000);
  const [early, late] = [taker(), taker()];
  journal.append('a');
  journal.follow(0, early.follower);
  journal.append('b');
  await settled();
  journal.append('c');
  journal.follow(1, late.follower);
  journal.end();
  await settled();
  expect([early.taken, late.taken]).toEqual([
    ['ab', 'c', 'END'],
    ['bc', 'END'],
  ]);
});

test('a follower with no room is waited for, and nothing is lost meanwhile', async () => {
  const { journal } = journalOf(0);
  const { follower, taken, more } = taker(1);
  const { resume } = journal.follow(0, follower);
  journal.append('a');
  await settled();
  const long = 'x'.repeat(300_000);
  journal.append(long);
  journal.append('b');
  let hasRoom = false;
  const room = journal.room()?.then(() => void (hasRoom = true));
  await settled();
  expect([taken, hasRoom]).toEqual([['a'], false]);
  more(10);
  resume();
  await room;
  expect([taken, hasRoom]).toEqual([['a', long, 'b'], true]);
  expect(journal.room()).toBeUndefined();
});

test('only so much is kept, the newest, and what nobody has taken yet', async () => {
  const { journal } = journalOf(3);
  const { follower, taken } = taker();
  const { leave } = journal.follow(0, follower);
  for (const frame of ['a', 'b', 'c', 'd', 'e']) journal.append(frame);
  await settled();
  expect([taken, journal.size, journal.holds(2), journal.holds(1)]).toEqual([['abcde'], 3, true, false]);
  leave();
  const back = taker();
  journal.follow(3, back.follower);
  await settled();
  expect(back.taken).toEqual(['de']);
});

test('that the last follower left is told, unless all was said', async () => {
  const { journal, desertions } = journalOf(10);
  const first = journal.follow(0, taker().follower);
  const second = journal.follow(0, taker().follower);
  first.leave();
  expect(desertions()).toBe(0);
  second.leave();
  second.leave();
  expect(desertions()).toBe(1);
  const third = journal.follow(0, taker().follower);
  journal.end();
  await settled();
  third.leave();
  expect(desertions()).toBe(1);
});

test('what one piece of input says is written once, at the end of its turn', () => {
  const { journal } = journalOf(0);
  const { follower, taken } = taker();
  inOneTurn(() => {
    journal.append('a');
    journal.follow(0, follower);
    journal.append('b');
    expect(taken).toEqual([]);
  }, undefined);
  expect(taken).toEqual(['ab']);
});

test('what is written last is told to be so where the end is known by then', async () => {
  const { journal } = journalOf(0);
  const lasts: [string, boolean][] = [];
  journal.follow(0, {
    write: (text, isLast) => lasts.push([text, isLast]) > 0,
    end: () => lasts.push(['END', true]),
  });
  journal.append('a');
  await settled();
  journal.append('b');
  journal.end();
  await settled();
  expect(lasts).toEqual([
    ['a', false],
    ['b', true],
    ['END', true],
  ]);
});
