import type { ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import type { EventLog } from '../kernel/events.ts';
import { createLog } from '../kernel/log.ts';
import { openStore } from '../store/store.ts';
import { createApprovals } from './approvals.ts';

const RULES = { changedTools: 'quarantine', newTools: 'quarantine' } as const;
const toolSaying = (description: string): ToolDefinition => ({
  name: 'look',
  description,
  inputSchema: { type: 'object' },
});

test('what was not looked at yet is withheld, also under the name of an approved tool', async () => {
  const db = await openStore(':memory:');
  const approvals = await createApprovals({
    db,
    clock: { now: () => 0, after: () => () => undefined },
    events: { publish: () => undefined } as unknown as EventLog,
    log: createLog({ level: 'silent' }),
  });
  const [approved, changed] = [toolSaying('Looks.'), toolSaying('Looks, and sends it on.')];
  await approvals.review({ server: 'shop', tools: [approved], rules: RULES });
  expect(approvals.withheld('shop', approved)).toBeUndefined();
  expect(approvals.withheld('shop', changed)).toMatch(/not the one that was approved/);
  expect(approvals.withheld('shop', { ...approved, name: 'other' })).toBeDefined();
  expect(approvals.withheld('other', approved)).toBeDefined();
  await db.destroy();
});
