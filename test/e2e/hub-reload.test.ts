import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  eventually,
  fixtureServer,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';
import { RawSession } from '../fixtures/gateway/raw-client.ts';
import { verifies } from '../verifies.ts';

const CONFIG = { mcpServers: { alpha: fixtureServer('ok') } };

let place: ReturnType<typeof makeHome>;
let hub: TestHub | undefined;
afterEach(async () => {
  await hub?.stop();
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

async function boot(): Promise<TestHub> {
  place = makeHome(CONFIG);
  const started = await startHub(place.home);
  hub = started;
  await eventually(async () => JSON.stringify(await started.rpc('tools/list')).includes('alpha__echo'));
  return started;
}

test('a changed configuration counts without a restart or a lost call, and an invalid one changes nothing', async () => {
  verifies('F16');
  const running = await boot();
  const file = join(place.home, 'hub.config.json');
  const write = (config: object) => writeFileSync(file, JSON.stringify(config));
  const names = async () => JSON.stringify(await running.rpc('tools/list'));
  const status = async () => JSON.stringify(await running.get('/api/status'));
  const failures: unknown[] = [];
  let answered = 0;
  const load = { going: true };
  const loading = (async () => {
    while (load.going)
      await running.rpc('tools/call', { name: 'alpha__echo', arguments: { text: 'x' } }).then(
        () => (answered += 1),
        (thrown: unknown) => failures.push(thrown),
      );
  })();
  const grown = { mcpServers: { ...CONFIG.mcpServers, beta: fixtureServer('effects') } };
  write(grown);
  await eventually(async () => (await names()).includes('beta__count'));
  write({ ...grown, listen: { port: 'many' } });
  await eventually(async () => (await status()).includes('listen.port'));
  expect(await names()).toContain('beta__count');
  write({ ...grown, policy: { deny: ['beta__count'] } });
  await eventually(async () => !(await names()).includes('beta__count'));
  expect(await status()).not.toContain('listen.port');
  load.going = false;
  await loading;
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(20);
});

test('whoever watches over the hub can ask whether it lives and whether it is ready, and its clients can ping it', async () => {
  verifies('P15');
  const { url } = await boot();
  const probe = async (path: string) => {
    const response = await fetch(url + path);
    return [response.status, await response.json()];
  };
  expect(await probe('/healthz')).toEqual([200, { live: true }]);
  expect(await probe('/readyz')).toEqual([200, { ready: true }]);
  const session = await RawSession.open(`${url}/mcp`);
  expect((await session.call('ping')).messages[0]?.result).toEqual({});
});
