import { expect, test } from 'vitest';
import type { ChatOptions } from './parts.ts';
import { unknownModel } from './models.ts';

/** Of models with these names and uses. */
const generations = (...models: readonly (readonly [id: string, use: string])[]) =>
  ({ models: () => models.map(([id, use]) => ({ id, use })) }) as unknown as ChatOptions['generations'];

test('where there is no model at all, that is what is wrong with the name of one', () => {
  expect(unknownModel(generations(), 'a/embed').code).toBe('MODEL_NONE');
});

test('of models that make vectors the nearest one is named, and none that chats', () => {
  const some = generations(['a/embed-1', 'embedding'], ['a/embed', 'chat']);
  const { code, message, fix } = unknownModel(some, 'a/embed-2');
  expect([code, `${message} ${fix}`]).toEqual(['MODEL_UNKNOWN', expect.stringContaining('a/embed-1?')]);
});
