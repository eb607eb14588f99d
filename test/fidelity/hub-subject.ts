import { HUB_NODE_FLAGS } from '../../hub/src/cli/running/launch.ts';
import type { Era } from '../../hub/src/kernel/ports.ts';
import { eventually, HUB_PROGRAM, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import type { ServerKind } from './behaviour.ts';
import type { Transport } from './cells.ts';
import { fixtureProgram, type RunningServer, startHttpServer } from './fixture-server.ts';
import type { Subject } from './subject.ts';

const ERAS: readonly Era[] = ['modern', 'legacy'];
const ERA_TRANSPORTS = ERAS.flatMap((era) =>
  (['stdio', 'http'] as const).map((upstream) => ({ era, upstream })),
);

const serverId = (era: Era, upstream: Transport, kind: ServerKind): string => `${era}-${upstream}-${kind}`;

/** Stops a server soon after a call, so that a probe sees it start anew. */
const IDLE_MS = 300;

interface Backends {
  readonly servers: readonly RunningServer[];
  readonly config: Record<string, object>;
}

async function startBackends(): Promise<Backends> {
  const servers: RunningServer[] = [];
  const config: Record<string, object> = {};
  for (const { era, upstream } of ERA_TRANSPORTS) {
    const full = upstream === 'http' ? await startHttpServer(era) : undefined;
    const bare = upstream === 'http' ? await startHttpServer(era, 'bare') : undefined;
    if (full) servers.push(full);
    if (bare) servers.push(bare);
    const entry = full ? { url: full.url } : fixtureProgram(era);
    config[serverId(era, upstream, 'full')] = { ...entry, idleMs: 0 };
    config[serverId(era, upstream, 'asking')] = { ...entry, idleMs: 0, isolation: 'call' };
    config[serverId(era, upstream, 'session')] = { ...entry, idleMs: 0, isolation: 'session' };
    config[serverId(era, upstream, 'bare')] = bare ? { url: bare.url } : fixtureProgram(era, 'bare');
    if (!full) config[serverId(era, upstream, 'fragile')] = { ...entry, idleMs: IDLE_MS };
  }
  return { servers, config };
}

/** A running hub, as a user starts it, with servers of every kind; its clients over stdio are `hub stdio`. */
export async function startHubSubject(): Promise<Subject> {
  const { servers, config } = await startBackends();
  const folder = makeHome({
    mcpServers: config,
    profiles: {
      full: { servers: ERA_TRANSPORTS.map(({ era, upstream }) => serverId(era, upstream, 'full')) },
    },
    log: { level: 'warn' },
    // A probe is that a change shows; that it is held back at first has tests of its own.
    defaults: { approval: { changedTools: 'allow', newTools: 'allow' } },
  });
  let hub: TestHub | undefined;
  try {
    hub = await startHub(folder.home);
    await allListed(hub, Object.keys(config));
  } catch (thrown) {
    await hub?.stop();
    await Promise.all(servers.map((server) => server.close()));
    throw thrown;
  }
  const running = hub;
  return {
    name: 'counterpart',
    hub: true,
    door(cell, kind) {
      const id = kind === 'all' ? undefined : serverId(cell.server, cell.upstream, kind);
      if (id !== undefined && !(id in config)) return 'a remote server is not run by the hub';
      if (cell.transport === 'http')
        return { kind: 'http', url: `${running.url}/mcp/${id === undefined ? 'p/full' : `s/${id}`}` };
      const part = id === undefined ? ['--profile', 'full'] : ['--server', id];
      const args = [...HUB_NODE_FLAGS, HUB_PROGRAM, 'stdio', '--home', folder.home, ...part];
      return { kind: 'stdio', program: { command: process.execPath, args, env: { TMPDIR: folder.home } } };
    },
    async close() {
      await running.stop();
      await Promise.all(servers.map((server) => server.close()));
      folder.remove();
    },
  };
}

/** Each server has been reached once, so that the hub knows what it offers. */
async function allListed(hub: TestHub, ids: readonly string[]): Promise<void> {
  await eventually(async () => {
    for (const id of ids) {
      const { tools } = await hub.rpc('tools/list', {}, `/mcp/s/${id}`);
      if (!Array.isArray(tools) || tools.length === 0) return false;
    }
    return true;
  }, 60_000);
}
