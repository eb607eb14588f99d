import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

test('no line of the log holds a secret: by the name of its member, or because it is known', () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-'));
  const file = join(directory, 'hub.log');
  const log = createLog({ level: 'info', file, redact: (line) => line.replaceAll('canary', '[redacted]') });
  const request = { token: 'by-name', of: { env: 'by-name' } };
  log.warn({ request, apiKey: 'by-name', cause: { code: 'canary' } }, 'a canary in words');
  const line = readFileSync(file, 'utf8');
  rmSync(directory, { recursive: true });
  expect(JSON.parse(line)).toMatchObject({
    request: { token: '[redacted]', of: { env: '[redacted]' } },
    apiKey: '[redacted]',
    cause: { code: '[redacted]' },
    msg: 'a [redacted] in words',
  });
});

test('a log that grew is put aside, two earlier ones are kept, and no line is lost between them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-'));
  const file = join(directory, 'hub.log');
  const log = createLog({ level: 'info', file, maxBytes: 1_000 });
  for (let line = 0; line < 100; line += 1) log.info({ line });
  const sizes = ['', '.1', '.2'].map((ending) => readFileSync(file + ending).length);
  const lines = ['.2', '.1', ''].flatMap((ending) =>
    readFileSync(file + ending, 'utf8')
      .trim()
      .split('\n')
      .map((line) => Number(/"line":(\d+)/.exec(line)?.[1])),
  );
  const names = readdirSync(directory);
  rmSync(directory, { recursive: true });
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, at) => 100 - lines.length + at));
  expect([Math.max(...sizes) < 1_100, names.length]).toEqual([true, 3]);
});
