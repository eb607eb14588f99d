import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

test('no line of the log holds a secret: by the name of its member, or because it is known', () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-'));
  const file = join(directory, 'hub.log');
  const log = createLog({ level: 'info', file, redact: (line) => line.replaceAll('canary', '[redacted]') });
  log.warn({ request: { token: 'by-name' }, cause: { code: 'canary' } }, 'a canary in words');
  const line = readFileSync(file, 'utf8');
  rmSync(directory, { recursive: true });
  expect(JSON.parse(line)).toMatchObject({
    request: { token: '[redacted]' },
    cause: { code: '[redacted]' },
    msg: 'a [redacted] in words',
  });
});
