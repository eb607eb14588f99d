import { CounterpartError } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { createHubApi, type HubApi } from '../../api/hub-api.ts';
import { findHub, forgetRecord, hasEnded, type HubPresence } from '../../running/running-hub.ts';

/** Time to end calls and child processes, to obey TERM, and to vanish after KILL. */
const GRACE_MS = 20_000;
const TERM_MS = 10_000;
const KILL_MS = 5_000;

type Ending = 'none' | 'stale' | 'stopped' | 'terminated' | 'killed';

export const stop = defineCommand({
  name: 'stop',
  group: 'hub',
  summary: 'Stop the running hub',
  description:
    'Asks the hub to end, waits for its servers to end too, and only then uses force. That no hub runs is no failure.',
  examples: [['hub stop', 'stops the hub of this home']],
  input: z.object({}),
  async run(context) {
    const presence = await findHub(context.home);
    const ending = await context.working('waiting for the hub to end', () => end(presence, context));
    const pid = 'record' in presence ? presence.record?.pid : undefined;
    context.result({ outcome: ending, ...(pid === undefined ? {} : { pid }) }, () =>
      sentence(ending, pid, context),
    );
  },
});

async function end(presence: HubPresence, context: Context): Promise<Ending> {
  if (presence.kind === 'none') return 'none';
  if (presence.kind === 'stale') {
    forgetRecord(context.home);
    return 'stale';
  }
  const { pid } = presence.record;
  if (presence.kind === 'running') {
    await askToStop(createHubApi(presence.address, context.signal));
    if (await hasEnded(pid, GRACE_MS)) return 'stopped';
  }
  process.kill(pid, 'SIGTERM');
  if (await hasEnded(pid, TERM_MS)) return 'terminated';
  process.kill(pid, 'SIGKILL');
  await hasEnded(pid, KILL_MS);
  forgetRecord(context.home);
  return 'killed';
}

/** A hub that is quick to obey ends before it has answered. */
async function askToStop(hub: HubApi): Promise<void> {
  try {
    await hub.shutdown();
  } catch (error) {
    if (!(error instanceof CounterpartError) || error.code !== 'HUB_LOST') throw error;
  }
}

function sentence(ending: Ending, pid: number | undefined, { home, paint }: Context): string {
  switch (ending) {
    case 'none':
      return `No hub was running for ${home.directory}.`;
    case 'stale':
      return `No hub was running; the record of process ${pid ?? '?'}, which is gone, was removed.`;
    case 'stopped':
      return `${paint.good('✓')} The hub (process ${pid}) has stopped.`;
    case 'terminated':
      return `${paint.good('✓')} The hub (process ${pid}) did not answer and was ended by a signal.`;
    case 'killed':
      return `${paint.warn('!')} The hub (process ${pid}) had to be killed.`;
  }
}
