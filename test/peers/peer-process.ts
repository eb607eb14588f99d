import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstalledPeer, PeerSetting } from './peers.ts';

/** A peer that was started; whether it answers, and what it offers, is for its clients to find out. */
export interface PeerProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Starts a peer on a free port of the loopback interface, with a home of its own and one server behind it. */
export async function startPeerProcess(
  peer: InstalledPeer,
  behind: Pick<PeerSetting, 'id' | 'server'>,
): Promise<PeerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  const port = await freePort();
  const confine = peer.confine ? ['--import', join(import.meta.dirname, 'loopback.ts')] : [];
  const child = spawn(process.execPath, [...confine, peer.entry, ...peer.args({ ...behind, folder, port })], {
    stdio: 'ignore',
    cwd: folder,
    env: { ...process.env, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    pid: child.pid ?? 0,
    async stop() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Ends a process that a measurement started: SIGTERM, and SIGKILL for one that takes no notice. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  const hard = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exit;
  clearTimeout(hard);
}
