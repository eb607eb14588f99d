import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createInbox, type Inbox } from './inbox.ts';

const place = { server: 'health', hook: 'phone' };
const AT = Date.parse('2026-03-04T05:06:07.000Z');
const clock = { now: () => AT, after: () => () => undefined };
let dataDir: string;
let inbox: Inbox;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'inbox-'));
  inbox = createInbox({ dataDir, clock, maxBytes: 400 });
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const lines = (): string[] =>
  readFileSync(join(inbox.folderOf(place), '2026-03.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');

test('each post is one line, its numbers as they came, also where many come at once', async () => {
  await inbox.keep(place, '{\n  "id": 12345678901234567890,\r\n  "text": "a\\nb" }\n');
  expect(lines()).toEqual([
    '{"at":"2026-03-04T05:06:07.000Z","body":{   "id": 12345678901234567890,   "text": "a\\nb" }}',
  ]);
  await Promise.all([1, 2, 3].map((n) => inbox.keep(place, String(n))));
  expect(lines().map((line) => (JSON.parse(line) as { body: unknown }).body)).toEqual([
    { id: 12345678901234567000, text: 'a\nb' },
    1,
    2,
    3,
  ]);
});

test('a post that is not JSON, or one too many, is refused and nothing of it is kept', async () => {
  await expect(inbox.keep(place, 'hello')).rejects.toMatchObject({ code: 'HOOK_BODY_INVALID' });
  await inbox.keep(place, '{}');
  await expect(inbox.keep(place, JSON.stringify('x'.repeat(400)))).rejects.toMatchObject({
    code: 'HOOK_FULL',
  });
  expect(lines()).toHaveLength(1);
});

test('after a line that was cut off, the next post stands on a line of its own', async () => {
  await inbox.keep(place, '1');
  appendFileSync(join(inbox.folderOf(place), '2026-03.ndjson'), '{"at":"20');
  await inbox.keep(place, '2');
  expect(lines()).toHaveLength(3);
  expect(JSON.parse(lines()[2] ?? '')).toMatchObject({ body: 2 });
});

test('a token opens its own hook only, and stops to when it is replaced', () => {
  const token = inbox.tokenOf(place);
  expect(inbox.tokenOf(place)).toBe(token);
  expect(inbox.isToken(place, token)).toBe(true);
  expect(inbox.isToken({ server: 'health', hook: 'other' }, token)).toBe(false);
  expect(inbox.isToken(place, '')).toBe(false);
  const next = inbox.rotate(place);
  expect([inbox.isToken(place, token), inbox.isToken(place, next)]).toEqual([false, true]);
});

test('purging removes what was posted and the tokens', async () => {
  await inbox.keep(place, '1');
  expect(inbox.facts(place)).toMatchObject({ bytes: 43 });
  expect(await inbox.purge('health')).toContain('inbox');
  expect(await inbox.purge('health')).toBeUndefined();
});
