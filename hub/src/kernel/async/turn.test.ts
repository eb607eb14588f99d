import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { atEndOfTurn, inOneTurn, soon } from './turn.ts';

test('what a piece of input leaves for the end of its turn is done once all of it was taken', () => {
  const done: string[] = [];
  inOneTurn((input: string) => {
    for (const part of input) {
      done.push(part);
      if (part === 'a') atEndOfTurn(() => done.push('end'));
      inOneTurn((inner: string) => done.push(inner), 'inner');
    }
  }, 'abc');
  expect(done).toEqual(['a', 'inner', 'b', 'inner', 'c', 'inner', 'end']);
});

test('without a piece of input it is done when the event loop comes round, also before the next input', async () => {
  const done: string[] = [];
  atEndOfTurn(() => done.push('first'));
  atEndOfTurn(() => done.push('second'));
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual(['first', 'second']);
  atEndOfTurn(() => done.push('third'));
  inOneTurn(() => done.push('input'), undefined);
  expect(done).toEqual(['first', 'second', 'input', 'third']);
  await nextTurn();
  expect(done).toHaveLength(4);
});

test('a task may leave another, and input that cannot be taken does not keep what was left', async () => {
  const done: string[] = [];
  const broken = (): void => {
    atEndOfTurn(() => {
      done.push('one');
      atEndOfTurn(() => done.push('two'));
    });
    throw new Error('not taken');
  };
  expect(() => inOneTurn(broken, undefined)).toThrow('not taken');
  expect(done).toEqual(['one']);
  await nextTurn();
  expect(done).toEqual(['one', 'two']);
});

test('tasks that fail take none of the others with them, and are told together', () => {
  const done: string[] = [];
  const leave = (): void => {
    for (const name of ['one', 'two', 'three', 'four'])
      atEndOfTurn(() => {
        if (name === 'one' || name === 'three') throw new Error(name);
        done.push(name);
      });
  };
  expect(() => inOneTurn(leave, undefined)).toThrow(
    expect.objectContaining({ errors: [new Error('one'), new Error('three')] }),
  );
  expect(done).toEqual(['two', 'four']);
});

test('what is to be done soon waits for the end of a turn, and without one for promises only', async () => {
  const done: string[] = [];
  inOneTurn(() => {
    soon(() => done.push('end'));
    done.push('input');
  }, undefined);
  expect(done).toEqual(['input', 'end']);
  setImmediate(() => done.push('next turn of the loop'));
  soon(() => done.push('soon'));
  await Promise.resolve();
  await nextTurn();
  expect(done).toEqual(['input', 'end', 'soon', 'next turn of the loop']);
});
