/**
 * What walls cost, in one run: a request through the broker beside the same one without it, and a server's start inside beside
 * one outside. Ratios count; milliseconds are those of an idle machine only.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createBroker } from '@counterpart/hub/broker/broker';
import type { BoxedProcess, Sandbox, SandboxJob } from '@counterpart/hub/kernel/ports';
import { findSandboxes } from '@counterpart/hub/sandbox/sandbox';
import { startService } from '@counterpart/kit/testing';

const CALLS = 400;
const ROUNDS = 5;
const STARTS = 9;
const READY_MS = 1_000;
const GOALS = { callMs: 1, startMs: 60 };

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
const shown = (ms: number): string => `${ms.toFixed(2)} ms`;

/** Milliseconds of one exchange, body included. */
function exchange(options: object, agent: Agent): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    request({ ...options, agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(performance.now() - begun));
    })
      .once('error', reject)
      .end();
  });
}

async function measured(options: object): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let at = 0; at < CALLS; at += 1) times.push(await exchange(options, agent));
  agent.destroy();
  return median(times.slice(CALLS / 10));
}

async function calls(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-walls-'));
  const service = await startService((_, response) => response.end('{"ok":true}'));
  const broker = await createBroker({
    directory: join(directory, 'run'),
    clean: (text) => text,
    clock: { now: () => Date.now(), after: () => () => undefined },
    events: { publish: () => undefined, subscribe: () => () => undefined },
    givenUp: () => undefined,
  });
  const { host, hostname, port } = new URL(service.url);
  const door = await broker.open({
    id: 'bench',
    rules: [{ entry: host, by: 'owner' }],
    blueprint: async () => undefined,
    env: {},
    standIns: new Map(),
    limits: { circuit: { failures: 5, pauseMs: 1_000, pauses: 0 } },
  });
  const direct: number[] = [];
  const brokered: number[] = [];
  // In turns: what else the machine does is done to both.
  for (let round = 0; round < ROUNDS; round += 1) {
    direct.push(await measured({ hostname, port, path: '/a' }));
    brokered.push(
      await measured({ socketPath: join(door.folder, door.socketName), path: `${service.url}/a` }),
    );
  }
  report('call', { without: median(direct), within: median(brokered), goalMs: GOALS.callMs });
  await broker.close();
  await service.close();
  rmSync(directory, { recursive: true });
}

function report(
  what: string,
  { without, within, goalMs }: { readonly without: number; readonly within: number; readonly goalMs: number },
): void {
  const added = within - without;
  console.log(
    `${what.padEnd(22)} ${shown(without).padStart(10)} → ${shown(within).padStart(10)}   × ${(within / without).toFixed(2)}   ${added < 0 ? '-' : '+'} ${shown(Math.abs(added))} (goal: + ${goalMs} ms, ${added <= goalMs ? 'met' : 'missed'})`,
  );
}

const HELLO = 'process.stdout.write("up")';
/** A server's files are seen inside, at the place they have outside. */
const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
chmodSync(folder, 0o755);
const program = join(folder, 'hello.mjs');
writeFileSync(program, HELLO);
const job: SandboxJob = {
  profile: 'serve',
  folders: [{ from: folder, to: folder }],
  args: [program],
  env: {},
};

/** Milliseconds until the first byte of a program; resolves after its end. */
async function outside(): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const time = performance.now() - begun;
  await once(child, 'exit');
  return time;
}

async function inside(open: () => Promise<BoxedProcess> | BoxedProcess): Promise<number> {
  const begun = performance.now();
  const box = await open();
  await once(box.stdout, 'data');
  const time = performance.now() - begun;
  await box.ended;
  return time;
}

async function startsIn(sandbox: Sandbox): Promise<void> {
  const { kind } = sandbox;
  const ways = new Map([[`start in ${kind}`, () => inside(() => sandbox.open(job))]]);
  if (sandbox.prepare !== undefined)
    ways.set(`start in ${kind}, ready`, async () => {
      const prepared = await sandbox.prepare?.(job);
      if (prepared === undefined) throw new Error('nothing was prepared');
      // As long as a server sleeps, its Node has begun.
      await pause(READY_MS);
      return inside(() => prepared.begin(job));
    });
  for (const [what, within] of ways) {
    await within(); // The image, and what is asked once.
    const times = { without: [] as number[], within: [] as number[] };
    for (let at = 0; at < STARTS; at += 1) {
      times.without.push(await outside());
      times.within.push(await within());
    }
    report(what, { without: median(times.without), within: median(times.within), goalMs: GOALS.startMs });
  }
}

async function starts(): Promise<void> {
  for (const { kind, found } of await findSandboxes())
    if (typeof found === 'string') console.log(`start in ${kind}: skipped, ${found}`);
    else await startsIn(found);
  rmSync(folder, { recursive: true });
}

console.log(`load ${loadavg()[0]?.toFixed(1)}`);
await calls();
await starts();
console.log(`load ${loadavg()[0]?.toFixed(1)}`);
