import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StdioPeer } from '@counterpart/kit/testing';
import { expect, test } from 'vitest';
import { startRecorder } from '../fixtures/wire/recorder.ts';
import { openWorkspace } from './builder-workspace.ts';

const header = (name: string, schema: object, required = true): object => ({
  name,
  in: 'header',
  required,
  schema,
});
const responses = { 200: { description: 'Done.', content: { 'application/json': { schema: {} } } } };
const description = {
  openapi: '3.1.0',
  info: { title: 'Bank', version: '1' },
  servers: [{ url: 'https://bank.test' }],
  components: { schemas: { Short: { type: 'string', maxLength: 32 } } },
  paths: {
    '/accounts': {
      parameters: [header('X-Request-ID', { type: 'string', format: 'uuid' })],
      get: {
        operationId: 'list_accounts',
        parameters: [
          header('X-Correlation-Id', {
            description: 'Of all.',
            allOf: [{ $ref: '#/components/schemas/Short' }],
          }),
          header('traceparent', { type: 'string' }),
          header('X-Original-Request-ID', { type: 'string' }),
          header('X-Trace-ID', { type: 'integer' }),
          header('Request-Id', { type: 'string' }, false),
        ],
        responses,
      },
      post: {
        operationId: 'open_account',
        parameters: [header('Idempotency-Key', { type: 'string' })],
        responses,
      },
    },
  },
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test('headers that name the request are made anew for each one, and a required key of its repeats too; nobody is asked for them', async () => {
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'bank.json');
  await writeFile(from, JSON.stringify(description));
  const { directory } = await workspace.build({ from, name: 'bank', strict: true });
  const recorder = await startRecorder();
  const server = new StdioPeer(join(directory, 'dist', 'server.js'), { BANK_BASE_URL: recorder.url });
  try {
    const call = async (name: string, args: object) => {
      await server.modern('tools/call', { name, arguments: args });
      return recorder.take()[0]?.headers ?? {};
    };
    const { tools } = (await server.modern('tools/list')).result as {
      tools: { inputSchema: { properties: object; required?: string[] } }[];
    }; // as the protocol says
    expect(
      tools.map(({ inputSchema }) => [Object.keys(inputSchema.properties), inputSchema.required]),
    ).toEqual([
      [
        ['X-Original-Request-ID', 'X-Trace-ID', 'Request-Id'],
        ['X-Original-Request-ID', 'X-Trace-ID'],
      ],
      [['Idempotency-Key'], undefined],
    ]);
    const args = { 'X-Original-Request-ID': 'abc', 'X-Trace-ID': 7 };
    const [one, other] = [await call('list_accounts', args), await call('list_accounts', args)];
    expect(one).toMatchObject({
      'x-request-id': expect.stringMatching(UUID) as string,
      'x-correlation-id': expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/) as string,
      'x-original-request-id': 'abc',
    });
    expect(one['request-id']).toBeUndefined();
    for (const name of ['x-request-id', 'x-correlation-id', 'traceparent'])
      expect(other[name]).not.toBe(one[name]);
    expect(await call('open_account', {})).toMatchObject({
      'x-request-id': expect.stringMatching(UUID) as string,
      'idempotency-key': expect.stringMatching(UUID) as string,
    });
  } finally {
    await server.end();
    await recorder.close();
  }
});
