import { expect, test } from 'vitest';
import { strayOf, watchState } from './observed-effects.ts';
import { createState } from './store.ts';

test('a tool that says it only reads is found out by what it makes, one that removes nothing by what is gone', () => {
  const state = createState();
  const watch = watchState(state);
  state.create('toys', { id: '1', value: { id: 1 } });
  const made = watch.take();
  expect(strayOf('read', made)).toBe('its annotations say that it only reads, and its call created `toys`');
  expect([strayOf('write', made), strayOf('destructive', made)]).toEqual([undefined, undefined]);
  state.remove('toys', { id: '1' });
  const removed = watch.take();
  expect(strayOf('write', removed)).toContain('removes nothing, and its call removed `toys`');
  expect(strayOf('destructive', removed)).toBeUndefined();
  state.reset();
  expect(watch.take()).toEqual([]);
});

test('what a mirror makes up by itself is no effect of a call', () => {
  const state = createState();
  const watch = watchState(state);
  state.create('toys', { id: '1', value: {}, origin: 'seed' });
  expect(strayOf('read', watch.take())).toBeUndefined();
});
