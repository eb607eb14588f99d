import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CounterpartError, hubError } from '@counterpart/schemas';
import { Problem } from '@counterpart/schemas/hub/api';
import { z } from 'zod';
import { makeFolder } from '../../kernel/files/make-folder.ts';
import type { Home } from '../home.ts';
import { problemError } from '../api/hub-api.ts';
import { logFile } from './running-hub.ts';
import { systemReason } from '../../kernel/files/system-reason.ts';

const BINARY = fileURLToPath(new URL('../../../bin/hub.js', import.meta.url));

/**
 * As `npm start` has them: what is left of calls is collected before it counts as old, and one thread helps with that instead of
 * four, each of which keeps memory of its own.
 */
export const HUB_NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=100',
  '--v8-pool-size=1',
];

/** The program and arguments that run this command line again, for clients and for the background. */
export const selfCommand = (): { readonly command: string; readonly script: string } => ({
  command: process.execPath,
  script: BINARY,
});

/** What a hub in the background tells the program that started it, once. */
const LaunchReport = z.union([
  z.object({ ready: z.object({ pid: z.int(), url: z.string() }) }),
  z.object({ problem: Problem }),
]);

export interface Launched {
  readonly pid: number;
  readonly url: string;
}

const START_MS = 60_000;

/** Starts a hub in the background and resolves when it is ready. Rejects with what stopped it; it is then gone. */
export async function launchHub(
  home: Home,
  options: {
    readonly port?: number | undefined;
    readonly host?: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Launched> {
  const log = openLog(home);
  const port = options.port === undefined ? [] : ['--port', String(options.port)];
  const host = options.host === undefined ? [] : ['--host', options.host];
  const args = [...HUB_NODE_FLAGS, BINARY, 'start', '--home', home.directory, ...port, ...host];
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    cwd: home.directory,
  });
  closeSync(log);
  try {
    return await firstReport(child, home, options.signal);
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function openLog(home: Home): number {
  try {
    makeFolder(home.dataDir, 0o700);
    return openSync(logFile(home), 'a', 0o600);
  } catch (cause) {
    const detail = systemReason(cause);
    throw hubError('DATA_UNWRITABLE', { directory: home.dataDir, detail }, { cause });
  }
}

function firstReport(child: ChildProcess, home: Home, signal: AbortSignal): Promise<Launched> {
  return new Promise((resolve, reject) => {
    const fail = (detail: string): CounterpartError =>
      hubError('HUB_START_FAILED', { home: home.directory, detail });
    const timer = setTimeout(() => reject(fail(`not ready after ${START_MS / 1000} s`)), START_MS);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.once('message', (message) => {
      const report = LaunchReport.safeParse(message).data;
      if (report === undefined) return settle(() => reject(fail('it said something unexpected')));
      settle(() => ('ready' in report ? resolve(report.ready) : reject(problemError(report.problem))));
    });
    child.once('error', (cause) => settle(() => reject(fail(systemReason(cause)))));
    child.once('exit', (code, killedBy) =>
      settle(() => reject(fail(`it ended with ${killedBy ?? `code ${code}`}`))),
    );
    signal.addEventListener('abort', () => settle(() => reject(signal.reason)), { once: true });
  });
}
