import { expect, test } from 'vitest';
import { MemoryUpstream } from '../../../../test/fixtures/gateway/memory-upstream.ts';
import type { ToolRoute } from '../../kernel/ports.ts';
import { readArguments } from './arguments.ts';

const route = (inputSchema: object): ToolRoute => ({
  server: 's',
  name: 't',
  hubName: 's__t',
  effect: 'read',
  upstream: new MemoryUpstream({}),
  definition: { name: 't', inputSchema: { type: 'object', ...inputSchema } },
});
const read = (text: string, inputSchema: object = {}, type: string | undefined = 'application/json') => {
  const given = readArguments({ text, type, path: '/p' }, route(inputSchema));
  return given.kind === 'arguments' ? given.members : [given.error.code, given.errors];
};

test('a JSON object is taken, and no body is an empty one, whatever its type', () => {
  expect(read('{"a":[1]}', {}, 'application/vnd.x+json; charset=utf-8')).toEqual({ a: [1] });
  expect(read('  ', {}, 'text/plain')).toEqual({});
  expect(read('{}', {}, 'text/plain')).toEqual(['MEDIA_TYPE_UNSUPPORTED', []]);
  expect(read('{}', {}, 'application/jsonp')).toEqual(['MEDIA_TYPE_UNSUPPORTED', []]);
});

test('numbers of more digits than a double holds are passed on as they came', () => {
  const text = '{"id":9007199254740993,"list":[1e400,-0],"fine":1.5}';
  expect(JSON.stringify(read(text, { properties: { id: { type: 'integer' } } }))).toBe(text);
});

test('each place that does not fit is told by its pointer, through local references too', () => {
  const schema = {
    properties: { list: { type: 'array', items: { $ref: '#/$defs/item' } } },
    required: ['name'],
    $defs: { item: { type: 'object', properties: { 'a/b': { type: 'integer' } } } },
  };
  expect(read('{"list":[{},{"a/b":"x"}]}', schema)).toEqual([
    'ARGUMENTS_INVALID',
    [
      { pointer: '#/name', detail: 'is required' },
      { pointer: '#/list/1/a~1b', detail: 'must be integer' },
    ],
  ]);
});

test('what has a default may be left out, though it is listed as required', () => {
  const size = { properties: { unit: { default: 'px' }, width: {} }, required: ['unit', 'width'] };
  const schema = {
    properties: {
      scale: { enum: ['css', 'device'], default: 'css' },
      sizes: { items: { $ref: '#/$defs/size' } },
    },
    required: ['scale', 'sizes'],
    $defs: { size: { type: 'object', ...size } },
  };
  expect(read('{"sizes":[{"width":1}]}', schema)).toEqual({ sizes: [{ width: 1 }] });
  expect(read('{"sizes":[{}],"scale":"x"}', schema)).toEqual([
    'ARGUMENTS_INVALID',
    [
      { pointer: '#/scale', detail: 'must be one of "css", "device"' },
      { pointer: '#/sizes/0/width', detail: 'is required' },
    ],
  ]);
  expect(read('{}', schema)).toEqual(['ARGUMENTS_INVALID', [{ pointer: '#/sizes', detail: 'is required' }]]);
});

test('what a schema only annotates, or says in a way nobody can read, is left to the server', () => {
  expect(read('{"when":"soon"}', { properties: { when: { type: 'string', format: 'date' } } })).toEqual({
    when: 'soon',
  });
  expect(read('{"a":1}', { properties: { a: { $ref: 'https://elsewhere.example/x' } } })).toEqual({ a: 1 });
  expect(read('{"a":1}', { properties: 7, required: 'nonsense' })).toEqual({ a: 1 });
});
