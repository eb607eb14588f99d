import { hubError, toCounterpartError, type FlowEvalReport, type FlowEvalResult } from '@counterpart/schemas';
import { FlowEvalCase } from '@counterpart/schemas/flows/flow-eval';
import { z } from 'zod';
import { reportOfRuns, scoreRun } from '../../../flows/eval/score-run.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { readJsonLines } from '../../input/read-text.ts';
import { duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';
import { followRun } from './follow.ts';

/** Exit code when a case is not as expected. */
const DIFFERENT = 4;

export const evaluation = defineCommand({
  parent: 'flow',
  group: 'hub',
  name: 'eval',
  summary: 'Run a flow for every case of a file and compare what comes of it',
  description:
    'The file has a JSON object a line: { "inputs": {…}, "expect": { "outputs": [{ "output": "answer", "contains": "…" }], "tools": [{ "name": "…", "arguments": {…} }] } }. An output is held against equals, contains, matches (a regular expression) or judge (words that a model judges by). Tools are really called; a run that waits for a person ends there, unless --approve is given.',
  arguments: [['<name>', 'The flow']],
  options: [
    ['--data <file>', 'Cases, one a line (.jsonl)'],
    ['--judge <model>', 'Which judges (default: hub/auto)'],
    ['--approve', 'Say yes to what waits for a person'],
    ['--concurrency <n>', 'Runs at once (default: 2)'],
  ],
  examples: [
    ['hub flow eval tidy-hours --data flows/tidy-hours.eval.jsonl', 'what is different, and what it took'],
    [
      'hub flow eval tidy-hours --data cases.jsonl --json',
      'precision and recall of tools, latency, failures of nodes',
    ],
  ],
  input: z.object({
    name: z.string(),
    data: z.string(),
    judge: z.string().default('hub/auto'),
    approve: z.boolean().default(false),
    concurrency: z.coerce.number().int().min(1).max(16).default(2),
  }),
  async run(context, { name, data, judge, approve, concurrency }) {
    const cases = await readCases(context.io.cwd, data);
    const report = await withHub(context, async (hub) => {
      await hub.flows.show(name);
      return await context.working('Running', async (progress) => {
        const results: FlowEvalResult[] = [];
        const waiting = [...cases.entries()];
        const worker = async (): Promise<void> => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const [at, one] = next;
            results[at] = await runCase({ context, hub, name, judge, approve }, one);
            progress.update(`Running: ${cases.length - waiting.length} of ${cases.length}`);
          }
        };
        await Promise.all(Array.from({ length: concurrency }, worker));
        return reportOfRuns(name, cases, results);
      });
    });
    context.result(report, () => render(report, context));
    return report.passed < report.cases ? DIFFERENT : 0;
  },
});

interface Running {
  readonly context: Context;
  readonly hub: HubApi;
  readonly name: string;
  readonly judge: string;
  readonly approve: boolean;
}

async function runCase(
  { context, hub, name, judge: model, approve }: Running,
  one: FlowEvalCase,
): Promise<FlowEvalResult> {
  const began = performance.now();
  try {
    const { id } = await hub.flows.start(name, one.inputs);
    const quiet = { ...context, json: true, asks: false };
    const run = await followRun(quiet, hub, id, { approves: approve });
    const durationMs = Math.round(performance.now() - began);
    const judge = (text: string, criterion: string) => hub.flows.judge({ text, criterion, model });
    const result = await scoreRun(one, run, { durationMs, judge });
    if (run.state === 'waiting') await hub.flows.cancel(id);
    return result;
  } catch (cause) {
    context.signal.throwIfAborted();
    return {
      name: one.name ?? JSON.stringify(one.inputs).slice(0, 60),
      passed: false,
      failures: [toCounterpartError(cause).message],
      called: [],
      missed: (one.expect.tools ?? []).map((tool) => tool.name),
      unexpected: [],
      failedNodes: [],
      tokens: 0,
      costUsd: 0,
      durationMs: Math.round(performance.now() - began),
    };
  }
}

async function readCases(cwd: string, file: string): Promise<readonly FlowEvalCase[]> {
  const lines = await readJsonLines(cwd, file, FlowEvalCase);
  if (lines.length === 0) throw hubError('INPUT_INVALID', { subject: file, detail: 'it holds no case' });
  for (const { value, place } of lines)
    for (const { matches } of value.expect.outputs) if (matches !== undefined) assertPattern(matches, place);
  return lines.map(({ value }) => value);
}

function assertPattern(pattern: string, subject: string): void {
  try {
    ''.search(new RegExp(pattern, 'u'));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('INPUT_INVALID', { subject, detail }, { cause });
  }
}

const percent = (value: number | undefined): string =>
  value === undefined ? '–' : `${(value * 100).toFixed(1)} %`;

function render(report: FlowEvalReport, { paint, io }: Context): string {
  const wrong = report.results.filter(({ passed }) => !passed);
  const failed = Object.entries(report.nodeFailures).map(([node, times]) => `${node} ${times}×`);
  const rows = wrong.map(({ name, failures, run }) => [name, run ?? '', failures.join('; ')]);
  return [
    `${paint.strong(String(report.cases))} cases, ${report.passed} as expected`,
    `  tools      precision ${percent(report.toolPrecision)}, recall ${percent(report.toolRecall)}, arguments ${percent(report.argumentAccuracy)}`,
    `  time       half of them within ${duration(report.latency.p50)}, 95 % within ${duration(report.latency.p95)}`,
    `  cost       ${report.tokens} tokens, $${report.costUsd.toFixed(4)}`,
    ...(failed.length === 0 ? [] : [`  failed     ${failed.join(', ')}`]),
    ...(rows.length === 0
      ? []
      : ['', renderTable(['CASE', 'RUN', 'WHAT WAS DIFFERENT'].map(paint.faint), rows, io.width)]),
  ].join('\n');
}
