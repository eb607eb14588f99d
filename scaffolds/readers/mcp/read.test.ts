import { ServerId, type JsonObject } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { createMirror } from '../../mirror/mirror.ts';
import { expect, test } from 'vitest';
import { readSource } from '../read.ts';

const LISTING: JsonObject = {
  mcpListing: 1,
  server: 'notes',
  title: 'Notes',
  version: '2.0.0',
  hub: 'http://127.0.0.1:4000',
  tools: [
    {
      name: 'read_note',
      description: 'Reads one note.',
      inputSchema: {
        type: 'object',
        properties: { id: { $ref: '#/$defs/Id' }, parent: { $ref: '#' } },
        required: ['id'],
        $defs: { Id: { type: 'string', minLength: 1 } },
      },
      outputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      annotations: { readOnlyHint: true },
    },
    { name: 'add_note', inputSchema: { type: 'object' }, annotations: { destructiveHint: false } },
    { name: 'WIPE.all', inputSchema: { type: 'object' } },
    {
      name: 'set-title',
      title: 'Set title',
      inputSchema: { type: 'object' },
      annotations: { idempotentHint: true },
    },
    { inputSchema: 5 },
  ],
  prompts: [{ name: 'summarise' }],
  resources: [{ name: 'readme', uri: 'file:///readme' }],
};

const read = (listing: JsonObject) =>
  readSource(
    { text: JSON.stringify(listing), location: 'mcp:notes', sha256: `sha256-${'0'.repeat(64)}` },
    { id: ServerId.parse('notes-twin') },
  );

test('tools keep their names, effects and schemas and are called at the hub', async () => {
  const { blueprint, total } = await read(LISTING);
  expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
  expect(total).toBe(5);
  expect(blueprint.source).toMatchObject({ kind: 'mcp', format: 'MCP server', reader: 'mcp@1' });
  expect(blueprint.servers).toEqual([{ url: 'http://127.0.0.1:4000' }]);
  expect(
    blueprint.operations.map(({ name, effect, idempotent, http }) => [name, effect, idempotent, http.path]),
  ).toEqual([
    ['read_note', 'read', true, '/api/tools/notes/read_note'],
    ['add_note', 'write', false, '/api/tools/notes/add_note'],
    ['post_wipe_all', 'destructive', false, '/api/tools/notes/WIPE.all'],
    ['set-title', 'destructive', true, '/api/tools/notes/set-title'],
  ]);
  expect(blueprint.operations[0]?.output).toEqual({ $ref: '#/$defs/read_note.output' });
  expect(blueprint.types['read_note.output']).toMatchObject({ properties: { text: { type: 'string' } } });
});

test('what is no tool is told with its place', async () => {
  const { blueprint } = await read(LISTING);
  expect(
    blueprint.omitted.map(({ code, severity, subject, source }) => [code, severity, subject, source.pointer]),
  ).toEqual([
    ['operation-invalid', 'operation', 'tool 5', '#/tools/4'],
    ['not-a-tool', 'notice', 'prompt summarise', '#/prompts/0'],
    ['not-a-tool', 'notice', 'resource readme', '#/resources/0'],
  ]);
});

test('its mirror answers as the tools say', async () => {
  const { blueprint } = await read(LISTING);
  const mirror = createMirror(blueprint);
  const call = (body: JsonObject) =>
    mirror.fetch(
      new Request('http://mirror.test/api/tools/notes/read_note', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  const answer = await call({ id: 'a' });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ text: expect.any(String) as unknown });
  expect((await call({ id: '' })).status).toBe(422);
});

test('what is no listing is refused in words', async () => {
  await expect(read({ mcpListing: 1, tools: {} })).rejects.toThrow('mcp:notes');
});
