import { expect, test } from 'vitest';
import { quoted } from './quoted.ts';

const asItIs = (text: string): string => text;

test('a foreign line is quoted on one line, cut, without what looks like a credential', () => {
  expect([
    quoted('Listening on stdio…', asItIs),
    quoted('\u001b[32mINFO\u001b[0m up\nand running', asItIs),
    quoted('using api_key=abc123 and Authorization: Bearer xyz', asItIs),
    quoted(`seen ${'k3y-'.repeat(8)}z in the environment`, asItIs),
    quoted('y '.repeat(400), asItIs).length,
  ]).toEqual([
    '"Listening on stdio…"',
    '"[32mINFO [0m up and running"',
    '"using api_key=[redacted] and Authorization: [redacted]"',
    '"seen [redacted] in the environment"',
    163,
  ]);
});

test('a known secret is blanked out before the line is cut, so that no beginning of it is left', () => {
  const redact = (text: string): string => text.replaceAll('my dear secret', '*');
  expect(quoted(`${'y '.repeat(78)}my dear secret`, redact)).toBe(`"${'y '.repeat(78)}*"`);
});
