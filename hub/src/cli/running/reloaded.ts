import type { HubStatus } from '@counterpart/schemas';
import type { Context } from '../context.ts';
import { createHubApi } from '../api/hub-api.ts';
import { findHub } from './running-hub.ts';

/** Brings a running hub in line with what was changed on the disk, and says how it is then; undefined when none runs. */
export async function reloaded(context: Context): Promise<HubStatus | undefined> {
  const presence = await findHub(context.home);
  if (presence.kind !== 'running') return undefined;
  const hub = createHubApi(presence.address, context.signal);
  await hub.reload();
  return hub.status();
}
