import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  findRunningHub as findLivingHub,
  isProcessAlive,
  RunningHub,
} from '../../kernel/files/data-folder.ts';
import type { Home } from '../home.ts';
import type { HubAddress } from '../api/hub-address.ts';

export type HubPresence =
  | { readonly kind: 'running'; readonly record: RunningHub; readonly address: HubAddress }
  /** Its process lives and has not said where it answers: it is starting, or serves one command only. */
  | { readonly kind: 'starting'; readonly record: RunningHub }
  /** Its process lives and does not answer. */
  | { readonly kind: 'silent'; readonly record: RunningHub }
  /** The record's process is gone: the hub did not end by itself. */
  | { readonly kind: 'stale'; readonly record: RunningHub | undefined }
  | { readonly kind: 'none' };

const PROBE_MS = 2_000;
const POLL_MS = 50;

const recordFile = (home: Home): string => join(home.dataDir, 'hub.json');
export const tokenFile = (home: Home): string => join(home.dataDir, 'token');
export const logFile = (home: Home): string => join(home.dataDir, 'hub.log');

/** The token that changes need; empty before the first start. */
export function readToken(home: Home): string {
  try {
    return readFileSync(tokenFile(home), 'utf8').trim();
  } catch {
    return '';
  }
}

/** Whether a hub serves this home: its record, its process and its answer must all be there. */
export async function findHub(home: Home): Promise<HubPresence> {
  const file = recordFile(home);
  if (!existsSync(file)) return { kind: 'none' };
  const record = findLivingHub(home.dataDir);
  if (!record) return { kind: 'stale', record: readStale(file) };
  if (record.url === '') return { kind: 'starting', record };
  if (!(await answers(record.url))) return { kind: 'silent', record };
  return { kind: 'running', record, address: { url: record.url, token: readToken(home) } };
}

/** Like `findHub`, and waits while a hub is starting or serves another command. */
export async function findSettledHub(
  home: Home,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<HubPresence> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const presence = await findHub(home);
    if (presence.kind !== 'starting' || Date.now() > end) return presence;
    await delay(POLL_MS, undefined, { signal });
  }
}

function readStale(file: string): RunningHub | undefined {
  try {
    return RunningHub.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined; // gone since, or cut short
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Resolves with whether the process ended within `deadlineMs`. */
export async function hasEnded(pid: number, deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (isProcessAlive(pid)) {
    if (Date.now() > end) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Takes away the record of a hub that is gone. */
export const forgetRecord = (home: Home): void => rmSync(recordFile(home), { force: true });
