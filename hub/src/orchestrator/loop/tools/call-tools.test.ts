import { expect, test } from 'vitest';
import { readCall } from './call-tools.ts';

const read = (text: string) => readCall({ callId: 'c1', name: 'shop__get_item', arguments: text });

test('what a model wrote is called with all digits of its numbers', () => {
  expect(JSON.stringify(read('{"id": 9007199254740993, "n": 1}').input)).toBe(
    '{"id":9007199254740993,"n":1}',
  );
});

test('what is no JSON, and JSON that is no object, is told to the model', () => {
  expect(read('{"id": ').problem).toMatch(/not JSON: .* Call again with valid JSON/);
  expect(read('[1]').problem).toBe('Error: the arguments must be a JSON object.');
  expect(read(' ')).toMatchObject({ input: {} });
});
