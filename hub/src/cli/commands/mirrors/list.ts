import type { MirrorInspection, MirrorSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';
import { renderMirror } from './render.ts';

const NAME = ['<name>', 'A mirror’s name, which is that of its server'] as const;

export const list = defineCommand({
  name: 'list',
  parent: 'mirror',
  group: 'builds',
  summary: 'List mirrors and how they answer',
  examples: [['hub mirror list', 'all mirrors of this hub']],
  input: z.object({}),
  async run(context) {
    const mirrors = await withHub(context, (hub) => hub.mirrors.list());
    context.result({ mirrors }, () => renderList(context, mirrors));
  },
});

function renderList({ paint, io }: Context, mirrors: readonly MirrorSummary[]): string {
  if (mirrors.length === 0)
    return 'No mirrors yet. `hub mirror start <server>` starts one; every built server has one at /mirror/<server>/.';
  const rows = mirrors.map((mirror) => [
    `${mirror.running ? paint.good('●') : paint.faint('○')} ${mirror.name}`,
    mirror.running || mirror.url === undefined ? mirror.mode : 'stopped',
    String(mirror.requests),
    mirror.faults === 0 ? '' : String(mirror.faults),
    mirror.scenario ?? '',
    mirror.problem === undefined ? addressOf(mirror) : paint.bad(mirror.problem),
  ]);
  const headings = ['MIRROR', 'MODE', 'REQUESTS', 'FAULTS', 'SCENARIO', 'ANSWERS AT'].map(paint.faint);
  const table = renderTable(headings, rows, io.width);
  const isAsleep = mirrors.every(({ url }) => url === undefined);
  return isAsleep
    ? `${table}\n\n${paint.faint('No hub runs: nothing answers. `hub start` starts it.')}`
    : table;
}

const addressOf = ({ running, ownUrl, url }: MirrorSummary): string => (running ? (ownUrl ?? url ?? '') : '');

export const inspect = defineCommand({
  name: 'inspect',
  parent: 'mirror',
  group: 'builds',
  summary: 'Show what a mirror holds and what it was asked',
  arguments: [NAME],
  examples: [['hub mirror inspect weather --json', 'settings, faults, state, last requests, findings']],
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const inspection = await withHub(context, (hub) => hub.mirrors.inspect(name));
    context.result(inspection, () => renderInspection(context, inspection));
  },
});

const Collections = z.record(z.string(), z.object({ count: z.int() }));

function renderInspection(context: Context, inspection: MirrorInspection): string {
  const { paint } = context;
  const held = Object.entries(Collections.safeParse(inspection.state).data ?? {});
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', paint.strong(title), ...lines.map((line) => `  ${line}`)];
  return [
    renderMirror(context, inspection),
    ...section(
      'Holds',
      held.map(([collection, { count: rows }]) => `${collection}: ${rows}`),
    ),
    ...section(
      'Faults',
      inspection.activeFaults.map(
        ({ id, struck, left }) =>
          `${id}: struck ${count(struck, 'time')}${left === undefined ? '' : `, ${left} left`}`,
      ),
    ),
    ...section('Scenarios', inspection.scenarios),
    ...section(
      'Last requests',
      inspection.lastRequests
        .slice(-10)
        .map(({ status, method, path, from, problems }) =>
          [status, method, path, paint.faint(from), ...problems].join(' '),
        ),
    ),
    ...section(
      'Findings',
      inspection.findings.map(
        ({ kind, method, path, place, message }) => `${kind}  ${method} ${path}  ${place} ${message}`,
      ),
    ),
  ].join('\n');
}

export const stop = defineCommand({
  name: 'stop',
  parent: 'mirror',
  group: 'builds',
  summary: 'Stop a mirror; what it holds stays',
  arguments: [NAME],
  examples: [['hub mirror stop weather', '`hub mirror start weather` goes on where it was']],
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const stopped = await withHub(context, (hub) => hub.mirrors.stop(name));
    context.result(
      stopped,
      () => `${context.paint.faint('○')} ${context.paint.strong(name)} is stopped; what it holds stays.`,
    );
  },
});
