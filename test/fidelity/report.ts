import type { Behaviour } from './behaviour.ts';
import { cellName, type Cell } from './cells.ts';
import type { Outcome } from './probe.ts';

/** What one subject showed of one behaviour, by cell. */
export interface Row {
  readonly behaviour: Behaviour;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

export interface Sheet {
  readonly subject: string;
  readonly version: string;
  readonly cells: readonly Cell[];
  readonly rows: readonly Row[];
}

/** Columns of the table: client era, server era, client transport; a column holds both transports of the server. */
const COLUMNS = (['modern', 'legacy'] as const).flatMap((client) =>
  (['modern', 'legacy'] as const).flatMap((server) =>
    (['http', 'stdio'] as const).map((transport) => ({ client, server, transport })),
  ),
);
type Column = (typeof COLUMNS)[number];

const LETTER = { modern: 'M', legacy: 'L' } as const;

/** One cell of the table: a mark, and where marks differ, for which transport of the server. */
function mark(row: Row, cells: readonly Cell[], column: Column): string {
  const own = cells.filter(
    ({ client, server, transport }) =>
      client === column.client && server === column.server && transport === column.transport,
  );
  const seen = own.flatMap((cell) => {
    const outcome = row.outcomes.get(cellName(cell));
    return outcome === undefined || outcome.kind === 'absent'
      ? []
      : [{ upstream: cell.upstream, kind: outcome.kind }];
  });
  if (seen.length === 0) return '–';
  const failed = seen.filter(({ kind }) => kind === 'fail');
  if (failed.length === 0) return '✓';
  return failed.length === seen.length ? '✗' : `✗ ${failed.map(({ upstream }) => upstream).join(' ')}`;
}

export const countOf = (sheet: Sheet, kind: Outcome['kind']): number =>
  sheet.rows.reduce(
    (sum, { outcomes }) => sum + [...outcomes.values()].filter((outcome) => outcome.kind === kind).length,
    0,
  );

/** The sheet of one subject in Markdown. */
export function markdownOf(sheet: Sheet): string {
  const head = COLUMNS.map(
    ({ client, server, transport }) => `${LETTER[client]}→${LETTER[server]} ${transport}`,
  );
  const lines = [
    `## ${sheet.subject} ${sheet.version}`,
    '',
    `${countOf(sheet, 'pass')} of ${countOf(sheet, 'pass') + countOf(sheet, 'fail')} cells as the server itself.`,
    '',
    `| | behaviour | ${head.join(' | ')} |`,
    `| --- | --- | ${head.map(() => '---').join(' | ')} |`,
  ];
  let group = '';
  for (const row of sheet.rows) {
    const marks = COLUMNS.map((column) => mark(row, sheet.cells, column));
    lines.push(
      `| ${row.behaviour.group === group ? '' : row.behaviour.group} | ${row.behaviour.title} | ${marks.join(' | ')} |`,
    );
    group = row.behaviour.group;
  }
  return `${[...lines, '', ...reasons(sheet)].join('\n')}\n`;
}

/** Under the table: why what is marked with ✗ or – is so, each reason once. */
function reasons(sheet: Sheet): string[] {
  const failed = new Map<string, string>();
  for (const { behaviour, outcomes } of sheet.rows)
    for (const [cell, outcome] of outcomes)
      if (outcome.kind === 'fail' && !failed.has(behaviour.id))
        failed.set(behaviour.id, `- ✗ ${behaviour.title} (${cell}): ${escaped(outcome.why)}`);
  const absent = new Map<string, Set<string>>();
  for (const { behaviour, outcomes } of sheet.rows)
    for (const outcome of outcomes.values())
      if (outcome.kind === 'absent')
        absent.set(outcome.why, (absent.get(outcome.why) ?? new Set<string>()).add(behaviour.id));
  const missing = [...absent].map(([why, ids]) => `- – ${[...ids].join(', ')}: ${why}`);
  return [...failed.values(), ...missing];
}

const escaped = (text: string): string =>
  `\`${text.replaceAll('`', "'").replaceAll('\n', ' ').slice(0, 240)}\``;

/** The same for programs. */
export const jsonOf = (sheet: Sheet): object => ({
  subject: sheet.subject,
  version: sheet.version,
  passed: countOf(sheet, 'pass'),
  failed: countOf(sheet, 'fail'),
  absent: countOf(sheet, 'absent'),
  behaviours: sheet.rows.map(({ behaviour: { id, group, title }, outcomes }) => ({
    id,
    group,
    title,
    cells: Object.fromEntries(outcomes),
  })),
});
