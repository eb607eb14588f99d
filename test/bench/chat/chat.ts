/**
 * `npm run bench:chat`: what the endpoint adds to an answer that comes from a provider, with 200 streams under way at every moment
 * that is measured. The provider itself, a relay of bytes before it and the hub before it are asked in turn, round after round:
 * what is added is told within a round, and over the rounds with its quartiles. `-- --streams 200 --chunks 60 --every 100
 * --rounds 5`. A round takes twelve times as long as a stream.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeHome, startHub } from '../../fixtures/hub.ts';
import { type ChatTarget, loadChat } from './chat-load.ts';
import { lossesIn, reportOf, type Round } from './chat-report.ts';

/** What the endpoint may take over a direct call to the provider. */
const GOALS = { firstMs: 3, chunkMs: 0.1 };

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '200' },
    chunks: { type: 'string', default: '60' },
    every: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
  },
});
const [streams, chunks, every, rounds] = [
  Number(values.streams),
  Number(values.chunks),
  Number(values.every),
  Number(values.rounds),
];
const load = { streams, streamMs: chunks * every };

interface Program {
  readonly url: string;
  readonly child: ChildProcess;
}

/** One of the programs beside this one, which print their address in a line. */
async function program(name: string, ...args: readonly string[]): Promise<Program> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]; // A stream without an encoding gives bytes.
  return { url: printed.toString().trim(), child };
}

interface Targets {
  readonly direct: ChatTarget;
  readonly relay: ChatTarget;
  readonly hub: ChatTarget;
  /** The hub before a provider that says one chunk, and is silent for as long as the other one speaks. */
  readonly asked: ChatTarget;
}

const roundOf = async ({ direct, relay, hub, asked }: Targets): Promise<Round> => ({
  direct: await loadChat(direct, load),
  relay: await loadChat(relay, load),
  hub: await loadChat(hub, load),
  asked: await loadChat(asked, load),
});

async function measure(targets: Targets): Promise<void> {
  // Unmeasured: code is loaded and compiled by those that ask first.
  await roundOf(targets);
  const found: Round[] = [];
  for (let round = 0; round < rounds; round += 1) found.push(await roundOf(targets));
  process.stdout.write(
    `${streams} streams at every moment, each of ${chunks} chunks, one about each ${every} ms; ${found.length} rounds\n${reportOf(found, GOALS)}`,
  );
  const lost = lossesIn(found, chunks);
  process.stdout.write(
    lost === 0 ? 'no chunk was lost\n' : `${lost} streams came with other than ${chunks} chunks\n`,
  );
  if (lost > 0) process.exitCode = 1;
}

const provider = await program('chat-provider.ts', values.chunks, values.every);
const silent = await program('chat-provider.ts', '1', String(load.streamMs));
const relay = await program('chat-relay.ts', new URL(provider.url).port);
const providerAt = ({ url }: Program) => ({
  baseUrl: url,
  model: 'bench-1',
  apiKey: 'bench',
  timeoutMs: 120_000,
});
const place = makeHome({
  log: { level: 'error' },
  providers: { bench: providerAt(provider), silent: providerAt(silent) },
});
try {
  const hub = await startHub(place.home);
  try {
    const direct = { url: provider.url, token: 'bench', model: 'bench-1', pid: provider.child.pid ?? 0 };
    await measure({
      direct,
      relay: { ...direct, url: relay.url, pid: relay.child.pid ?? 0 },
      hub: { url: `${hub.url}/v1`, token: hub.token, model: 'bench/bench-1', pid: hub.pid },
      asked: { url: `${hub.url}/v1`, token: hub.token, model: 'silent/bench-1', pid: hub.pid },
    });
  } finally {
    await hub.stop();
  }
} finally {
  provider.child.kill();
  silent.child.kill();
  relay.child.kill();
  place.remove();
}
