import { describe, expect, test } from 'vitest';
import type { StateChange } from './mirror-state.ts';
import { parseSnapshot } from './snapshot.ts';
import { createState } from './store.ts';

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

describe('what a mirror keeps', () => {
  test('a row is made, found, changed and removed', () => {
    const state = createState();
    state.create('pets', { id: '1', value: { name: 'Rex' } });
    expect(state.get('pets', { id: '1' })?.value).toEqual({ name: 'Rex' });
    expect(state.update('pets', { id: '1' }, { name: 'Max' })?.version).toBe(2);
    expect(ids(state.list('pets'))).toEqual(['1']);
    expect(state.remove('pets', { id: '1' })?.value).toEqual({ name: 'Max' });
    expect(state.get('pets', { id: '1' })).toBeUndefined();
    expect(state.isRemoved('pets', { id: '1' })).toBe(true);
    expect(state.update('pets', { id: '1' }, {})).toBeUndefined();
  });

  test('rows of different owners may share an identifier', () => {
    const state = createState();
    for (const owners of ['7', '8']) state.create('pets', { id: '1', scope: { owners }, value: { owners } });
    expect(state.get('pets', { id: '1', scope: { owners: '7' } })?.value).toEqual({ owners: '7' });
    expect(state.list('pets', { owners: '8' })).toHaveLength(1);
    expect(state.list('pets')).toHaveLength(2);
    state.remove('pets', { id: '1', scope: { owners: '7' } });
    expect(state.isRemoved('pets', { id: '1', scope: { owners: '7' } })).toBe(true);
    expect(state.isRemoved('pets', { id: '1', scope: { owners: '8' } })).toBe(false);
    expect(ids(state.list('pets'))).toEqual(['1']);
  });

  test('a row made again is no longer removed', () => {
    const state = createState();
    state.create('pets', { id: '1', value: {} });
    state.remove('pets', { id: '1' });
    state.create('pets', { id: '1', value: {} });
    expect(state.isRemoved('pets', { id: '1' })).toBe(false);
  });

  test('a snapshot survives JSON and puts back rows, removals, numbers and the clock', () => {
    const state = createState();
    state.claimSeeding('pets');
    state.create('pets', { id: String(state.nextNumber('pets')), value: { name: 'Rex' } });
    state.create('pets', { id: String(state.nextNumber('pets')), value: { name: 'Max' } });
    state.remove('pets', { id: '2' });
    const text = JSON.stringify(state.snapshot());
    const other = createState();
    other.restore(parseSnapshot(JSON.parse(text), 'the test'));
    expect(JSON.stringify(other.snapshot())).toBe(text);
    expect(other.isRemoved('pets', { id: '2' })).toBe(true);
    expect(other.claimSeeding('pets')).toBe(false);
    expect(other.nextNumber('pets')).toBe(3);
    state.reset();
    expect(state.snapshot().collections).toEqual({});
  });

  test('a snapshot that is none is refused with the place that is wrong', () => {
    expect(() => parseSnapshot({ state: 1, clockMs: 'now', collections: {} }, 'pets.json')).toThrow(
      expect.objectContaining({
        code: 'STATE_INVALID',
        message: expect.stringContaining('clockMs') as string,
      }),
    );
  });

  test('listeners hear of changes by callers, not of seeds, until they leave', () => {
    const state = createState();
    const heard: StateChange['kind'][] = [];
    const leave = state.onChange(({ kind }) => void heard.push(kind));
    state.create('pets', { id: '1', value: {}, origin: 'seed' });
    state.update('pets', { id: '1' }, { name: 'Rex' });
    state.create('pets', { id: '2', value: {} });
    state.remove('pets', { id: '2' });
    state.reset();
    leave();
    state.create('pets', { id: '3', value: {} });
    expect(heard).toEqual(['updated', 'created', 'removed', 'reset']);
  });

  test('when it is full seeds leave first, then it refuses and nothing has changed', () => {
    const state = createState({ maxRows: 2 });
    state.create('pets', { id: 'seed', value: {}, origin: 'seed' });
    state.create('pets', { id: '1', value: {} });
    state.create('pets', { id: '2', value: {} });
    expect(ids(state.list('pets'))).toEqual(['1', '2']);
    const before = JSON.stringify(state.snapshot().collections);
    expect(() => state.create('pets', { id: '3', value: {} })).toThrow(
      expect.objectContaining({ code: 'STATE_FULL' }),
    );
    expect(JSON.stringify(state.snapshot().collections)).toBe(before);
    state.update('pets', { id: '2' }, { name: 'still possible' });
  });

  test('its size in characters is bounded, and given back when rows leave', () => {
    const state = createState({ maxCharacters: 100 });
    const value = { text: 'x'.repeat(60) };
    state.create('notes', { id: '1', value });
    expect(() => state.create('notes', { id: '2', value })).toThrow(
      expect.objectContaining({ code: 'STATE_FULL' }),
    );
    state.remove('notes', { id: '1' });
    expect(state.create('notes', { id: '2', value }).id).toBe('2');
  });

  test('its clock moves with every change, so that later rows are later', () => {
    const state = createState();
    const first = state.create('pets', { id: '1', value: {} });
    const second = state.create('pets', { id: '2', value: {} });
    expect(second.createdAtMs).toBeGreaterThan(first.createdAtMs);
    expect(state.update('pets', { id: '1' }, {})).toMatchObject({ createdAtMs: first.createdAtMs });
  });
});
