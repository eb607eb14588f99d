import { expect, test } from 'vitest';
import type { JsonMembers } from '../../kernel/ports.ts';
import { askForApproval } from './words.ts';

const asked = (input: JsonMembers): string =>
  askForApproval({
    id: 'ap-23456789',
    calls: [{ callId: 'c', tool: 'files__delete', arguments: input }],
    createdAt: '2026-01-01T00:00:00.000Z',
  });

test('arguments are shown as code, so that no renderer of Markdown hides a part or loads what they name', () => {
  const hiding = { note: '<!-- `', path: '/home', end: '``` --> ![](https://evil.example/beacon)' };
  const json = JSON.stringify(hiding);
  expect(asked(hiding)).toContain(`- files__delete \`\`\`\`${json}\`\`\`\`\n`);
});

test('what stands behind a long text is shown as well', () => {
  const text = asked({ note: 'x'.repeat(50_000), path: '/home', last: `${'y'.repeat(3_000)} rm -rf` });
  expect(text.length).toBeLessThan(6_000);
  expect(text).toContain('(50000 characters)');
  expect(text).toContain('"path":"/home"');
  expect(text).toContain(' rm -rf"}');
});

test('characters that are not seen or turn the reading direction are written out', () => {
  const text = asked({ path: '/tmp/\u202etxt.\u200bsh\u{e0041}\n\u2028' });
  expect(text).toContain(String.raw`{"path":"/tmp/\u202etxt.\u200bsh\udb40\udc41\n\u2028"}`);
});
