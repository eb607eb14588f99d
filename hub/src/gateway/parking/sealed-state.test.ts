import { expect, test } from 'vitest';
import { isSealed, StateSeal } from './sealed-state.ts';

const STATE = { server: 's', call: 'c', round: 1, client: 'x', digest: 'd', expires: 5 };

test('a state comes back as it was sealed, and no two seals of it look alike', () => {
  const seal = new StateSeal();
  const [one, two] = [seal.seal(STATE), seal.seal(STATE)];
  expect(seal.open(one)).toEqual(STATE);
  expect(one).not.toBe(two);
  expect(isSealed(one)).toBe(true);
  expect(Buffer.from(one.slice(7), 'base64url').toString('latin1')).not.toContain('server');
});

test('no text but the very one that was sealed can be opened', () => {
  const seal = new StateSeal();
  const text = seal.seal(STATE);
  for (let at = 0; at < text.length; at++) {
    const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    expect(seal.open(changed)).toBeUndefined();
  }
  for (const other of [
    '',
    'parked.',
    text.slice(0, -1),
    `${text}A`,
    `${text}=`,
    `${text}\n`,
    new StateSeal().seal(STATE),
  ])
    expect(seal.open(other)).toBeUndefined();
});
