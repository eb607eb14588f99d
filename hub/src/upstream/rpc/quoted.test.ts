import { expect, test } from 'vitest';
import { quoted } from './quoted.ts';

test('a foreign line is quoted on one line, cut, without what looks like a credential', () => {
  expect([
    quoted('Listening on stdio…'),
    quoted('\u001b[32mINFO\u001b[0m up\nand running'),
    quoted('using api_key=abc123 and Authorization: Bearer xyz'),
    quoted(`seen ${'k3y-'.repeat(8)}z in the environment`),
    quoted('y '.repeat(400)).length,
  ]).toEqual([
    '"Listening on stdio…"',
    '"[32mINFO [0m up and running"',
    '"using api_key=[redacted] and Authorization: [redacted]"',
    '"seen [redacted] in the environment"',
    163,
  ]);
});
