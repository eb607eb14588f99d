import { HubConfig } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { diffServers, needsRestart } from './diff.ts';

const config = (servers: Record<string, string>, more: object = {}) => {
  const mcpServers = Object.fromEntries(Object.entries(servers).map(([id, command]) => [id, { command }]));
  return HubConfig.parse({ mcpServers, ...more });
};

test('servers are sorted into added, removed, changed and unchanged', () => {
  const after = config({ b: 'other', c: 'c', d: 'd' });
  expect(diffServers(config({ a: 'a', b: 'b', c: 'c' }), after)).toEqual({
    added: ['d'],
    removed: ['a'],
    changed: ['b'],
    unchanged: ['c'],
  });
});

test('an override changes its server, and a default changes every one', () => {
  const before = config({ a: 'a', b: 'b' });
  const overridden = config(
    { a: 'a', b: 'b' },
    { overrides: { a: { enabled: false }, built: { prefix: 'x' } } },
  );
  expect(diffServers(before, overridden)).toMatchObject({
    added: ['built'],
    changed: ['a'],
    unchanged: ['b'],
  });
  expect(diffServers(before, config({ a: 'a', b: 'b' }, { defaults: { idleMs: 1 } })).changed).toEqual([
    'a',
    'b',
  ]);
});

/** Small numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state;
  }
}

test('of any two configurations: nothing differs from itself, each id stands in one list, and the way back is the mirror image', () => {
  const next = numbers(7);
  const pick = (below: number) => next.next().value % below;
  const random = () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].filter(() => pick(3) > 0);
    return config(Object.fromEntries(ids.map((id) => [id, `command-${pick(3)}`])));
  };
  for (let round = 0; round < 500; round += 1) {
    const [before, after] = [random(), random()];
    const there = diffServers(before, after);
    const back = diffServers(after, before);
    expect(diffServers(after, structuredClone(after))).toMatchObject({ added: [], removed: [], changed: [] });
    expect(back).toEqual({ ...there, added: there.removed, removed: there.added });
    const all = [...there.added, ...there.removed, ...there.changed, ...there.unchanged];
    expect(all.toSorted()).toEqual(
      [...new Set([...Object.keys(before.mcpServers), ...Object.keys(after.mcpServers)])].toSorted(),
    );
  }
});

test('settings that are read only at the start are named', () => {
  const after = config(
    {},
    { listen: { port: 1, allowedHosts: ['x'] }, dataDir: 'd', log: { level: 'debug' } },
  );
  expect(needsRestart(config({}), after)).toEqual(['listen.port', 'dataDir', 'log.level']);
});
