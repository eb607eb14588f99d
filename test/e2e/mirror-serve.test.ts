import { testContext } from '@counterpart/kit/testing';
import { compiledTool } from '../../scaffolds/kit/src/interpret/operation.ts';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { startMirror, type RunningMirror } from '@counterpart/scaffolds/mirror/serve';
import { type Blueprint, type JsonObject, ServerId } from '@counterpart/schemas';
import { afterEach, describe, expect, test } from 'vitest';

const DESCRIPTION = `
openapi: 3.1.0
info: { title: Notes, version: '1' }
paths:
  /notes/{noteId}:
    get:
      operationId: getNote
      parameters: [{ name: noteId, in: path, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: One note.
          content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } }
    put:
      operationId: putNote
      parameters: [{ name: noteId, in: path, required: true, schema: { type: integer } }]
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } }
      responses:
        '200':
          description: The note as kept.
          content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } }
components:
  schemas:
    Note:
      type: object
      required: [id, text]
      properties: { id: { type: integer }, text: { type: string }, email: { type: string, format: email } }
`;

const running: RunningMirror[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((mirror) => mirror.close()));
});

async function notes(): Promise<Blueprint> {
  const source = { text: DESCRIPTION, location: 'notes.yaml', sha256: `sha256-${'0'.repeat(64)}` };
  const { blueprint } = await readOpenApi(source, { id: ServerId.parse('notes') });
  return blueprint;
}

async function start(options: Parameters<typeof startMirror>[1] = {}): Promise<RunningMirror> {
  const mirror = await startMirror(await notes(), options);
  running.push(mirror);
  return mirror;
}

describe('a mirror on a socket of its own', () => {
  test('answers as the service would, and echoes what was put', async () => {
    const { url } = await start();
    const got = await fetch(`${url}/notes/7`);
    expect(await got.text()).toMatch(/^\{"id":7,"text":"[^"]+","email":"[^"]+@example.com"\}$/);
    const put = await fetch(`${url}/notes/7`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 7, text: 'hello' }),
    });
    expect(await put.json()).toMatchObject({ id: 7, text: 'hello' });
  });

  test('gives the same answers after a restart with the same seed', async () => {
    const texts = [];
    for (const seed of [5, 5, 6]) {
      const { url } = await start({ seed });
      texts.push(await (await fetch(`${url}/notes/7`)).text());
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });

  test('says that its port is taken', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });

  test('frees its port when closed, with connections still open', async () => {
    const mirror = await start();
    await fetch(`${mirror.url}/notes/7`);
    await mirror.close();
    const again = await start({ port: Number(new URL(mirror.url).port) });
    expect(again.url).toBe(mirror.url);
  });
});

test('a tool of a service that speaks MessagePack alone sends it, and answers with what came', async () => {
  const text = DESCRIPTION.replaceAll('application/json', 'application/msgpack');
  const source = { text, location: 'notes.yaml', sha256: `sha256-${'0'.repeat(64)}` };
  const { blueprint } = await readOpenApi(source, { id: ServerId.parse('notes') });
  const service = await startMirror(blueprint, { port: 0 });
  running.push(service);
  const call = (name: string, input: JsonObject) => {
    const operation = blueprint.operations.find((one) => one.name === name);
    if (operation === undefined) throw new Error(`no ${name}`);
    const env = (wanted: string): string | undefined =>
      wanted.endsWith('BASE_URL') ? service.url : undefined;
    return compiledTool({ blueprint, env }, operation).call(input, testContext());
  };
  const note = { id: 7, text: 'é', email: 'a@b.example' };
  expect(await call('put_note', { noteId: 7, body: note })).toMatchObject({ structuredContent: note });
  expect(await call('get_note', { noteId: 7 })).toMatchObject({ structuredContent: note });
});
