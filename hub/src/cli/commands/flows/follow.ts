import { setTimeout as delay } from 'node:timers/promises';
import { CounterpartError, errorCatalogue, type FlowRun } from '@counterpart/schemas';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { renderTrace, stepLine, waitingText } from './render.ts';

const POLL_MS = 150;
const ENDED = new Set(['done', 'failed', 'cancelled']);

export interface Following {
  /** Says yes to whatever waits. */
  readonly approves?: boolean;
}

/** Follows a run until it has ended or nobody decides what waits, telling of each node as it ends. */
export async function followRun(
  context: Context,
  hub: HubApi,
  id: string,
  { approves = false }: Following = {},
): Promise<FlowRun> {
  const told = new Set<string>();
  for (;;) {
    const run = await hub.flows.run(id).catch((cause: unknown) => {
      if (cause instanceof CounterpartError && cause.code === 'HUB_LOST')
        context.io.stderr.write(
          `The hub went away. The run ${id} goes on with the one that is started next: \`hub flow trace ${id}\`\n`,
        );
      throw cause;
    });
    if (!context.json) tellSteps(context, run, told);
    if (ENDED.has(run.state)) return run;
    if (run.state === 'waiting') {
      const word = approves ? 'approve' : await askPerson(context, run);
      if (word === undefined) return run;
      await hub.flows.decide(id, word);
    } else await delay(POLL_MS, undefined, { signal: context.signal });
  }
}

function tellSteps(context: Context, { steps }: FlowRun, told: Set<string>): void {
  for (const step of steps) {
    const key = `${step.node} ${step.item ?? ''} ${step.attempt}`;
    if (step.endedAt === undefined || told.has(key)) continue;
    told.add(key);
    context.tell(stepLine(step, context.paint));
  }
}

async function askPerson(context: Context, run: FlowRun): Promise<'approve' | 'reject' | undefined> {
  if (!context.asks) return undefined;
  context.tell(waitingText(run, context.paint));
  return (await context.confirm('This changes things. Shall it be done?')) ? 'approve' : 'reject';
}

/** Shows how a run ended; the exit code. */
export function tellEnd(context: Context, run: FlowRun): number {
  context.result(run, () => ending(context, run));
  return run.state === 'failed' ? errorCatalogue.FLOW_RUN_FAILED.exit : 0;
}

function ending(context: Context, run: FlowRun): string {
  const { id, state, outputs = {} } = run;
  const { paint } = context;
  if (state === 'failed') return renderTrace(run, context);
  if (state === 'waiting')
    return `${waitingText(run, paint)}\nIt waits for your word: \`hub flow approve ${id}\` or \`hub flow reject ${id}\`.`;
  if (state !== 'done') return `${id} is ${state}.`;
  const lines = Object.entries(outputs).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
    return `${paint.strong(name)}${text.includes('\n') ? '\n' : '  '}${text}`;
  });
  return lines.join('\n');
}
