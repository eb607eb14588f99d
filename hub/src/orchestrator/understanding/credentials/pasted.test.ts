import { describe, expect, test } from 'vitest';
import type { ChatItem } from '../../../kernel/ports.ts';
import { NEVER_HERE, REMOVED, withoutCredentials, withoutPastedCredentials } from './pasted.ts';

// Put together here, so that no scanner of repositories takes them for real ones.
const KEY = `sk-${'abc123'.repeat(4)}`;
const GITHUB = `ghp_${'a1B2'.repeat(6)}`;
const ODD = 'Zx91kdkWq81L';

describe('credentials that somebody pastes', () => {
  test.each([
    [`my key is ${KEY}`, `my key is ${REMOVED}`],
    [`here: ${GITHUB}, use it`, `here: ${REMOVED}, use it`],
    ['password is hunter22!', `password is ${REMOVED}`],
    [`the token is ${'a1b2c3d4'.repeat(3)}`, `the token is ${REMOVED}`],
    [`Authorization: Bearer ${'a1b2c3d4'.repeat(3)}`, `Authorization: Bearer ${REMOVED}`],
    [`Mein Schlüssel: ${'9f8e7d6c'.repeat(3)}`, `Mein Schlüssel: ${REMOVED}`],
    [
      `-----BEGIN PRIVATE KEY-----\nMIIE${'x'.repeat(40)}\n-----END PRIVATE KEY-----\nand this`,
      `${REMOVED}\nand this`,
    ],
  ])('are taken out: %s', (said, kept) => {
    expect(withoutCredentials(said)).toBe(kept);
  });

  test.each([
    'what is a token?',
    'explain key: value pairs',
    'the key 1234',
    'build b-0k3f9x2m1q',
    'the primary key dad4bce8-f5cb-4078-a211-995864315e39',
    `is ${ODD} a good name?`,
    'see https://api.example.com/v1/key/abcdefghij1234567890',
  ])('are not seen in: %s', (said) => {
    expect(withoutCredentials(said)).toBe(said);
  });

  test('are any odd word after an answer that asked for secrets, but no address and no id of a build', () => {
    expect(withoutCredentials(`here it is: ${ODD}`, true)).toBe(`here it is: ${REMOVED}`);
    const others = 'approve b-0k3f9x2m1q, see https://example.com/page1234567, done';
    expect(withoutCredentials(others, true)).toBe(others);
  });

  test('are taken out of what people said only, also when a client sends it again', () => {
    const message = (role: 'user' | 'assistant', text: string): ChatItem => ({
      type: 'message',
      role,
      content: [{ type: 'text', text }],
    });
    const items = [
      message('user', ODD),
      message('assistant', `weather wants secrets. ${NEVER_HERE}`),
      message('user', ODD),
      message('assistant', `a token is like ${KEY}`),
    ];
    expect(withoutPastedCredentials(items)).toEqual([items[0], items[1], message('user', REMOVED), items[3]]);
    expect(withoutPastedCredentials([message('user', ODD)], NEVER_HERE)).toEqual([message('user', REMOVED)]);
  });

  test('are looked for in a megabyte at once', () => {
    expect(withoutCredentials(`${'lorem ipsum 12 '.repeat(70_000)}${KEY}`)).toMatch(/12 \[secret removed\]$/);
  });
});
