import { expect, test } from 'vitest';
import { discreet, secretValues } from './discreet.ts';
import { ToolFailure } from '../failure.ts';
import type { Tool, ToolContext } from '../tools/tool.ts';

const context = {} as ToolContext;
const definition = { name: 'leak', inputSchema: { type: 'object' as const } };
const leaking = (call: Tool['call']): Tool => discreet({ definition, call }, ['s3cr3t-token']);

test('a secret in a result is taken out of its text and its structure, at any depth', async () => {
  const tool = leaking(async () => ({
    content: [{ type: 'text', text: 'Bearer s3cr3t-token' }],
    structuredContent: { list: [{ token: 's3cr3t-token' }], n: 1 },
  }));
  expect(await tool.call({}, context)).toEqual({
    content: [{ type: 'text', text: 'Bearer [redacted]' }],
    structuredContent: { list: [{ token: '[redacted]' }], n: 1 },
  });
});

test('a secret in a failure, its next step or a bug is taken out', async () => {
  const failing = leaking(async () => {
    throw new ToolFailure('no s3cr3t-token', { nextStep: 'change s3cr3t-token' });
  });
  const broken = leaking(async () => {
    throw new TypeError('bad s3cr3t-token');
  });
  await expect(failing.call({}, context)).rejects.toMatchObject({ text: 'no [redacted]\nchange [redacted]' });
  await expect(broken.call({}, context)).rejects.toThrow('bad [redacted]');
});

test('secrets are the set values of the manifest, but not the names of users', () => {
  const secrets = ['A_TOKEN', 'A_USERNAME', 'A_PASSWORD', 'A_API_KEY'].map((name) => ({
    name,
    required: false,
  }));
  const env: Record<string, string> = { A_TOKEN: 't', A_USERNAME: 'u', A_PASSWORD: 'p' };
  expect(secretValues({ secrets }, (name) => env[name])).toEqual(['t', 'p']);
});
