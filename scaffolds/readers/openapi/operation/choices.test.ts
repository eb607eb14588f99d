import { toHttpCall } from '@counterpart/kit';
import type { Json, JsonObject } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { describing, inputsOf, operationAt, readText } from '../testing.ts';

const binary = { type: 'string', format: 'binary' };
const message = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };
const upload: JsonObject = {
  type: 'object',
  properties: { 'files[0]': binary, payload: { type: 'string' } },
};

async function reading(content: JsonObject) {
  const { blueprint } = await readText(
    describing({ requestBody: { required: true, content } }, { schemas: { Message: message } }),
  );
  const operation = operationAt(blueprint, 'POST /things');
  return {
    body: inputsOf(operation)['body'],
    sent: (body: Json) => {
      const request = toHttpCall(operation.http, { body });
      return [
        request.headers?.['content-type']?.split(';')[0],
        Buffer.from((request.body as Uint8Array | undefined) ?? []).toString(),
      ] as const;
    },
  };
}

const reference = { $ref: '#/components/schemas/Message' };

test('files that only a form takes are given beside what JSON takes, and sent as the form', async () => {
  const { body, sent } = await reading({
    'application/json': { schema: reference },
    'application/x-www-form-urlencoded': { schema: reference },
    'multipart/form-data': { schema: { allOf: [reference, upload] } },
  });
  expect(body).toMatchObject({
    type: 'object',
    required: ['text'],
    properties: { text: {}, files_0_: { properties: { base64: {} } }, payload: {} },
  });
  expect(sent({ text: 'hello' })).toEqual(['application/json', '{"text":"hello"}']);
  const [type, form] = sent({ text: 'hello', files_0_: { text: 'x', filename: 'a.txt' } });
  expect(type).toBe('multipart/form-data');
  expect(form).toContain('name="files[0]"; filename="a.txt"');
  expect(sent({ text: 'hello', payload: '{}' })[0]).toBe('multipart/form-data');
});

test('one schema for JSON and for a form lets a file be given', async () => {
  const schema = { type: 'object', properties: { name: { type: 'string' }, avatar: binary } };
  const { body, sent } = await reading({ 'application/json': { schema }, 'multipart/form-data': { schema } });
  expect(body).toMatchObject({ properties: { avatar: { properties: { base64: {} } } } });
  expect(sent({ name: 'a' })[0]).toBe('application/json');
  expect(sent({ avatar: { base64: 'AA==' } })[0]).toBe('multipart/form-data');
});

test('a member that is a text in JSON and a file in a form is taken as either', async () => {
  const front = (schema: JsonObject): JsonObject => ({
    schema: { type: 'object', required: ['front'], properties: { front: schema } },
  });
  const { body, sent } = await reading({
    'application/json': front({ type: 'string' }),
    'multipart/form-data': front(binary),
  });
  expect(body).toMatchObject({ anyOf: [{ properties: { front: { type: 'string' } } }, {}] });
  expect(sent({ front: 'https://a.example/b.pdf' })[0]).toBe('application/json');
  expect(sent({ front: { text: 'page' } })[0]).toBe('multipart/form-data');
});

test('a body that is JSON or a file is taken as either', async () => {
  const { body, sent } = await reading({
    'application/json': { schema: { type: 'object', properties: { url: { type: 'string' } } } },
    'image/png': { schema: binary },
  });
  expect(body).toMatchObject({ anyOf: [{ properties: { url: {} } }, { properties: { base64: {} } }] });
  expect(sent({ url: 'x' })[0]).toBe('application/json');
  expect(sent({ text: 'bytes' })).toEqual(['image/png', 'bytes']);
});

test('files of a form with alternatives are files', async () => {
  const { body, sent } = await reading({
    'application/json': { schema: { anyOf: [reference, { type: 'object', properties: { poll: {} } }] } },
    'multipart/form-data': { schema: { anyOf: [{ allOf: [reference, upload] }, upload] } },
  });
  expect(body).toMatchObject({ anyOf: [{}, { anyOf: [{ properties: { files_0_: {} } }, {}] }] });
  expect(sent({ text: 'hello' })[0]).toBe('application/json');
  expect(sent({ poll: 1 })[0]).toBe('application/json');
  expect(sent({ files_0_: { text: 'x' } })[0]).toBe('multipart/form-data');
});

test('what JSON carries as well, and a file that JSON could not be told from, is asked for as JSON only', async () => {
  const { body, sent } = await reading({
    'application/json': { schema: reference },
    'multipart/form-data': { schema: reference },
    'application/cbor': { schema: reference },
    'application/octet-stream': { schema: binary },
  });
  expect(body).toEqual({ $ref: '#/$defs/Message' });
  expect(sent({ text: 'hello' })[0]).toBe('application/json');
});
