import { setTimeout as delay } from 'node:timers/promises';
import type { ServerSummary } from '@counterpart/schemas';
import type { HubApi } from '../api/hub-api.ts';

const POLL_MS = 50;

/** A third-party server that runs for the first time: until it has answered, nobody knows what it offers. */
const isLearning = ({ enabled, listed, state, problem }: ServerSummary): boolean =>
  enabled && !listed && state !== 'stopped' && problem === undefined;

/** Resolves when every server, or the one named, has said what it offers or has failed, and after `limitMs` at the latest. */
export async function untilLearned(
  hub: HubApi,
  limitMs: number,
  signal: AbortSignal,
  name?: string,
): Promise<void> {
  const end = Date.now() + limitMs;
  const waits = (server: ServerSummary): boolean => isLearning(server) && (name ?? server.id) === server.id;
  while ((await hub.servers()).some(waits) && Date.now() < end) await delay(POLL_MS, undefined, { signal });
}

/** For commands that cannot go on without the tools: as long as installing a small package takes. */
export const LEARN_MS = 20_000;
