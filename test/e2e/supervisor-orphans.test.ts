import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  listProcesses,
  markedProcesses,
  readProcess,
  send,
} from '../../hub/src/supervisor/process/process-table.ts';
import { markersIn, Rig, specOf, until } from '../fixtures/supervisor/rig.ts';

const HUB = fileURLToPath(new URL('../fixtures/supervisor/hub.ts', import.meta.url));

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'orphans-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** A hub in a process of its own, with its servers ready. */
async function startHub(...servers: string[]) {
  const hub = spawn(process.execPath, [HUB, stateDir, ...servers], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface({ input: hub.stdout }), 'line');
  const [marker = ''] = markersIn(stateDir);
  const marked = await markedProcesses(marker);
  // Those without an environment are known by their group alone.
  const all = await listProcesses();
  const family = all
    .filter(({ pid, group }) => marked.includes(pid) || marked.includes(group))
    .map(({ pid }) => pid);
  return { hub, marker, family, guardian: await guardianOf(hub) };
}

/** The child of the hub that leads a session and carries no marker. */
async function guardianOf(hub: ChildProcess): Promise<number> {
  const children = (await listProcesses()).filter(({ parent }) => parent === hub.pid);
  const marked = new Set((await Promise.all(markersIn(stateDir).map(markedProcesses))).flat());
  const [guardian] = children.filter(({ pid }) => !marked.has(pid));
  return guardian?.pid ?? 0;
}

test('when a hub is killed with SIGKILL, its guardian ends every server, grandchild and stray, and then itself', async () => {
  const { hub, family, guardian } = await startHub('fork-children', 'ignore-sigterm', 'ok');
  expect(family.length).toBeGreaterThanOrEqual(6);
  hub.kill('SIGKILL');
  await once(hub, 'exit');
  await until(() => hasEnded(guardian));
  expect(await living(family)).toEqual([]);
});

test('a process that waits to become a server ends with its hub', async () => {
  const { hub, marker, guardian } = await startHub('ok');
  await until(async () => (await markedProcesses(marker)).length === 2);
  const family = await markedProcesses(marker);
  hub.kill('SIGKILL');
  await once(hub, 'exit');
  await until(() => hasEnded(guardian));
  expect(await living(family)).toEqual([]);
});

test('when hub and guardian are both killed, the next hub ends what they left', async () => {
  const { hub, family, guardian } = await startHub('fork-children', 'ignore-sigterm');
  hub.kill('SIGSTOP');
  send(guardian, 'SIGKILL');
  hub.kill('SIGKILL');
  await once(hub, 'exit');
  expect(await living(family)).not.toEqual([]);
  const next = new Rig({ stateDir });
  await next.add(specOf('ok')).process.ready();
  await until(async () => (await living(family)).length === 0);
  expect(await living(family)).toEqual([]);
  await next.supervisor.shutdown();
  expect(readdirSync(stateDir)).toEqual([]);
  rmSync(next.stateDir, { recursive: true });
});

test('a hub that lives is left alone by another on the same folder', async () => {
  const { hub, marker, guardian } = await startHub('ok');
  const other = new Rig({ stateDir });
  await other.add(specOf('ok')).process.ready();
  expect(await markedProcesses(marker)).toHaveLength(1);
  await other.supervisor.shutdown();
  hub.kill('SIGKILL');
  await until(() => hasEnded(guardian));
  rmSync(other.stateDir, { recursive: true });
});

test('a guardian that was killed is replaced and knows what it must', async () => {
  const { hub, family, guardian } = await startHub('fork-children');
  send(guardian, 'SIGKILL');
  await until(async () => ![0, guardian].includes(await guardianOf(hub)));
  hub.kill('SIGKILL');
  await once(hub, 'exit');
  await until(async () => (await living(family)).length === 0);
  expect(await living(family)).toEqual([]);
});

test('a shutdown leaves neither guardian nor record', async () => {
  const rig = new Rig({ stateDir });
  const { process } = rig.add(specOf('ok'));
  await process.ready();
  const before = await ownChildren();
  expect(before).toHaveLength(2);
  await rig.supervisor.shutdown();
  expect((await ownChildren()).filter((pid) => before.includes(pid))).toEqual([]);
  expect(readdirSync(stateDir)).toEqual([]);
  rmSync(rig.stateDir, { recursive: true });
});

const living = async (pids: readonly number[]) => {
  const ended = await Promise.all(pids.map(hasEnded));
  return pids.filter((_, index) => !ended[index]);
};

/** Also one that nobody has taken notice of yet. */
const hasEnded = async (pid: number) => (await readProcess(pid))?.defunct ?? true;

const ownChildren = async () =>
  (await listProcesses()).filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
