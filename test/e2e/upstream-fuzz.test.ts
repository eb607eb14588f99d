import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hubIsSound, othersAreServed, residentMb, SEED } from '../fixtures/fuzz/well-behaved.ts';
import {
  eventually,
  fixtureServer,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';

const HOSTILE = join(import.meta.dirname, '../fixtures/fuzz/hostile.mjs');
const hostile = (mode: string, more: object = {}) => ({
  command: process.execPath,
  args: [HOSTILE, mode, String(SEED)],
  callTimeoutMs: 3_000,
  ...more,
});

/** Memory beyond what the hub has at its start; longest lines are held whole while they pass. */
const MOST_GROWTH_MB = 600;

/** Outcome of a call: the text of its result, or the message of its error. */
async function outcome(hub: TestHub, name: string): Promise<string> {
  try {
    const result = await hub.rpc('tools/call', { name, arguments: {} });
    return JSON.stringify(result).slice(0, 200);
  } catch (thrown) {
    return `error: ${String(thrown).slice(0, 300)}`;
  }
}

describe(`a server that breaks every rule (FUZZ_SEED=${SEED})`, () => {
  const folder = makeHome({
    mcpServers: {
      ok: fixtureServer('ok'),
      hostile: hostile('plain'),
      'deep-schema': hostile('deep-schema'),
      'wrong-types': hostile('wrong-types'),
      liar: hostile('liar'),
      mutants: hostile('plain'),
    },
  });
  let hub: TestHub;
  let before = 0;

  beforeAll(async () => {
    hub = await startHub(folder.home);
    for (const id of ['ok', 'hostile', 'deep-schema', 'wrong-types'])
      await eventually(async () =>
        JSON.stringify(await hub.rpc('tools/list', {}, `/mcp/s/${id}`)).includes('echo'),
      );
    before = residentMb(hub.pid);
  });

  afterAll(async () => {
    await hub.stop();
    expect(markedProcesses(folder.home)).toEqual([]);
    folder.remove();
  });

  test.each([
    ['echo', /echo done/],
    ['twice', /first/],
    ['unknown-ids', /unknown-ids done/],
    ['garbage', /garbage done/],
    ['error-not-json', /error: .*cannot be read/],
    ['error-of-wrong-type', /error: /],
    ['deep-error', /error: .*cannot be read/],
    ['deep-odd-reply', /deep-odd-reply done/],
    ['deepest', /deepest done/],
    ['deep-notifications', /deep-notifications done/],
    ['deep-question', /deep-question done/],
    ['both-members', /./],
    ['never', /error: .*(?:3000|3 s)/],
    ['half-line', /error: .*hostile/],
    ['storm', /storm done/],
    ['questions-storm', /questions-storm done/],
    ['stderr', /stderr done/],
    ['long-line', /xxx/],
    // It was begun before it was too long: its client sees it break off.
    ['too-long-line', /error: .*terminated/],
  ])('%s: the call is answered, and everybody else is served', async (trick, answer) => {
    const [said] = await Promise.all([outcome(hub, `hostile__${trick}`), othersAreServed(hub)]);
    expect(said).toMatch(answer);
    await othersAreServed(hub);
    await hubIsSound(hub);
  });

  test('results of wrong type and of great depth do no harm on their way', async () => {
    for (const trick of ['result-of-wrong-type', 'deep-result', 'result-of-wrong-type'])
      expect(await outcome(hub, `hostile__${trick}`)).not.toBe('');
    await othersAreServed(hub);
    await hubIsSound(hub);
  });

  test('answers out of order reach the calls they belong to', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => outcome(hub, 'hostile__out-of-order')));
    expect(new Set(answers).size).toBe(5);
  });

  test.each(['deep-schema', 'wrong-types'])(
    '%s: what is right in its list is offered and can be called',
    async (id) => {
      expect(await outcome(hub, `${id}__echo`)).toMatch(/echo done/);
      await hubIsSound(hub);
    },
  );

  test('a server that answers nothing about what it claims to have is served with what it does have', async () => {
    await eventually(async () =>
      JSON.stringify(await hub.rpc('tools/list', {}, '/mcp/s/liar')).includes('echo'),
    );
    expect(await outcome(hub, 'liar__echo')).toMatch(/echo done/);
    await hubIsSound(hub);
  });

  test.each(['many-tools', 'endless-pages'])(
    '%s: the list ends somewhere, and others are served',
    { timeout: 40_000 },
    async (id) => {
      await hub.send('POST', '/api/servers', { name: id, entry: hostile(id) });
      await eventually(async () => {
        await othersAreServed(hub);
        return JSON.stringify(await hub.rpc('tools/list', {}, `/mcp/s/${id}`)).includes('inputSchema');
      }, 30_000);
      expect((await hub.send('DELETE', `/api/servers/${id}`)).status).toBe(200);
      await hubIsSound(hub);
    },
  );

  test(
    'frames with anything wrong in them are passed over, for as long as there is time',
    { timeout: 40_000 },
    async () => {
      const end = Date.now() + 8_000;
      let rounds = 0;
      while (Date.now() < end) {
        const settled = await Promise.all(Array.from({ length: 4 }, () => outcome(hub, 'mutants__mutants')));
        expect(settled).not.toContain('');
        await othersAreServed(hub);
        rounds += 1;
      }
      expect(rounds).toBeGreaterThan(0);
      await hubIsSound(hub);
    },
  );

  test('memory stays bounded', async () => {
    expect(residentMb(hub.pid)).toBeLessThan(before + MOST_GROWTH_MB);
  });
});
