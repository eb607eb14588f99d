import { setTimeout as delay } from 'node:timers/promises';
import { errorCatalogue, type LoopDetail, type LoopStep } from '@counterpart/schemas';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { renderSheet } from '../../../builds/client/sheet-text.ts';
import { standing } from './render.ts';

const POLL_MS = 300;
const ENDED = new Set(['installed', 'failed', 'rejected', 'cancelled']);

/** Follows a build until it ends or waits for somebody, writing each step as it goes; the exit code. */
export async function followBuild(context: Context, hub: HubApi, id: string): Promise<number> {
  const told = new Set<string>();
  for (;;) {
    const detail = await hub.builds.show(id);
    if (!context.json) for (const step of detail.steps) tellOnce(context, step, told);
    const isOver = ENDED.has(detail.state) || detail.state === 'waiting';
    if (isOver) return await tellEnd(context, hub, detail);
    await delay(POLL_MS, undefined, { signal: context.signal });
  }
}

function tellOnce(context: Context, step: LoopStep, told: Set<string>): void {
  const key = `${step.stage} ${step.round} ${step.state}`;
  if (told.has(key)) return;
  told.add(key);
  if (step.state === 'running') return;
  const { paint } = context;
  const mark = { done: paint.good('✓'), failed: paint.bad('✗'), skipped: paint.faint('–') }[step.state];
  const round = step.round > 0 ? ` (repair ${step.round})` : '';
  const detail = step.detail === undefined ? '' : paint.faint(`  ${step.detail}`);
  context.tell(`${mark} ${step.stage}${round}${detail}`);
}

async function tellEnd(context: Context, hub: HubApi, detail: LoopDetail): Promise<number> {
  const { id, sheet, waitsFor } = detail;
  if (waitsFor === 'approval' && sheet !== undefined && context.asks) {
    context.quote(sheet, () => renderSheet(sheet, context.paint));
    if (await context.confirm('Install it as shown?')) {
      await hub.builds.decide(id, { decision: 'approve', hash: sheet.hash, via: 'cli' });
      return await followBuild(context, hub, id);
    }
  }
  context.result(detail, () => standing(detail, context.paint));
  return detail.state === 'failed' ? errorCatalogue.BUILD_UNREPAIRED.exit : 0;
}
