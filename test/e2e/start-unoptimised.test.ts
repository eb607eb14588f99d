import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { HUB_NODE_FLAGS } from '../../hub/src/cli/running/launch.ts';
import { eventually, fixtureServer, HUB_PROGRAM, makeHome } from '../fixtures/hub.ts';
import { LoadClient } from '../bench/load/mcp-load.ts';

/** What V8 says with `--trace-opt` of each function that it has optimised. */
const OPTIMISED = /completed optimizing/;

test('V8 optimises nothing while a hub starts, and what calls need as soon as somebody calls', async () => {
  const folder = makeHome({ mcpServers: { ok: fixtureServer('ok') } });
  const args = [...HUB_NODE_FLAGS, '--trace-opt', HUB_PROGRAM, 'start', '--home', folder.home, '--port', '0'];
  const hub = spawn(process.execPath, args, {
    env: { ...process.env, TMPDIR: folder.home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    hub.kill();
    if (hub.exitCode === null) await once(hub, 'exit');
    folder.remove();
  });
  let said = '';
  hub.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const url = (): string | undefined => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
  await eventually(() => url() !== undefined);
  expect(said).not.toMatch(OPTIMISED);

  const client = new LoadClient(`${url()}/mcp`, 'modern');
  onTestFinished(() => client.close());
  await eventually(async () => (await client.request('tools/list')).includes('"ok__'));
  await eventually(async () => {
    await Promise.all(
      Array.from({ length: 50 }, () => client.request('tools/call', 'ok__echo', '{"text":"hi"}')),
    );
    return OPTIMISED.test(said);
  });
});
