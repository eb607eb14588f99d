import { CounterpartError, hubError } from '@counterpart/schemas';
import type { Hub } from '../../hub.ts';
import type { Context } from '../context.ts';
import { createHubApi, type HubApi } from '../api/hub-api.ts';
import { findSettledHub, type HubPresence } from './running-hub.ts';

/** How long a command waits for a hub that is just starting, or for another command's own hub to end. */
const SETTLE_MS = 30_000;

/** The hub that runs for this home. Rejects with HUB_NOT_RUNNING or HUB_SILENT. */
export async function runningHub(context: Context): Promise<HubApi> {
  const presence = await findSettledHub(context.home, SETTLE_MS, context.signal);
  if (presence.kind === 'running') return createHubApi(presence.address, context.signal);
  throw presence.kind === 'silent'
    ? silentHub(presence)
    : hubError('HUB_NOT_RUNNING', { home: context.home.directory });
}

/** The error for a hub whose process lives and does not answer. */
export const silentHub = ({ record }: Extract<HubPresence, { kind: 'silent' }>): CounterpartError =>
  hubError('HUB_SILENT', { home: record.home, pid: record.pid, url: record.url });

/**
 * Gives `work` a hub: the one that runs for this home, else one of its own on a free port that ends with the command.
 * Commands are therefore written once.
 */
export async function withHub<T>(context: Context, work: (hub: HubApi) => Promise<T>): Promise<T> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const presence = await findSettledHub(context.home, SETTLE_MS, context.signal);
    if (presence.kind === 'running') return work(createHubApi(presence.address, context.signal));
    if (presence.kind === 'silent') throw silentHub(presence);
    const hub = await startOwnHub(context, Date.now() < end);
    if (hub) return useOwnHub(hub, context, work);
  }
}

/** Undefined when another process took the data folder in between, which is worth another look. */
async function startOwnHub({ home }: Context, patient: boolean): Promise<Hub | undefined> {
  const { createHub } = await import('../../hub.ts');
  try {
    return await createHub({ home: home.directory, port: 0, ephemeral: true });
  } catch (error) {
    if (patient && error instanceof CounterpartError && error.code === 'HUB_ALREADY_RUNNING')
      return undefined;
    throw error;
  }
}

async function useOwnHub<T>(hub: Hub, context: Context, work: (hub: HubApi) => Promise<T>): Promise<T> {
  try {
    return await work(createHubApi({ url: hub.url, token: hub.token }, context.signal));
  } finally {
    await hub.close();
  }
}
