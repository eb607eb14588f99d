import type { BuildReport } from '@counterpart/schemas';
import { bytes, count, duration } from './text/format.ts';
import type { Paint } from './text/paint.ts';

type Omission = BuildReport['omitted'][number];

/** Tools named one by one; more are counted. */
const MAX_TOOLS = 12;
/** Operations that were asked away are not worth a line each. */
const isSilent = ({ code }: Omission): boolean => code === 'not-selected';

/** A build for a person: what was made, everything that was left out and why, what is needed, and what to do next. */
export function renderBuildReport(report: BuildReport, paint: Paint): string {
  return [
    headline(report, paint),
    `  ${paint.faint('from')}   ${report.source} ${paint.faint(`(${report.format})`)}`,
    `  ${paint.faint('folder')} ${report.directory}`,
    ...sizeLines(report, paint),
    ...checkLines(report, paint),
    '',
    ...changeLines(report, paint),
    ...groupLines(report, paint),
    ...toolLines(report, paint),
    ...omissionLines(report, paint),
    ...secretLines(report, paint),
    ...nextLines(report, paint),
  ].join('\n');
}

/** One line on what a build came to. */
export function headline(
  { id, version, outcome, operations, durationMs }: BuildReport,
  paint: Paint,
): string {
  const made = `${count(operations.built, 'tool')} of ${count(operations.total, 'operation')}`;
  const name = `${paint.strong(id)} ${version}`;
  switch (outcome) {
    case 'installed':
      return `${paint.good('✓')} Built ${name}: ${made}, in ${duration(durationMs)}`;
    case 'unchanged':
      return `${paint.good('=')} ${name} is as it was: ${made}, nothing written`;
    case 'planned':
      return `${paint.warn('○')} ${name} would be built: ${made}; nothing was written (--dry-run)`;
  }
}

/** Definitions of more tokens than this leave a model little room for work. */
const MANY_TOKENS = 50_000;

function sizeLines({ size }: BuildReport, paint: Paint): string[] {
  const amount = `${bytes(size.bytes)} of tool definitions, about ${size.tokens.toLocaleString('en')} tokens`;
  const line = `  ${paint.faint('size')}   ${amount}`;
  if (size.tokens < MANY_TOKENS) return [line];
  return [line, `         ${paint.warn('much for one model')}: \`--select "…"\` builds a part of it`];
}

type Groups = NonNullable<BuildReport['groups']>;

/** Groups named one by one; the rest are counted. */
const MAX_GROUPS = 40;

/** What a service holds, a line a group: tools that are built, all there are, and the tokens of all. */
export function renderGroups(groups: Groups, paint: Paint, { numbered }: { numbered: boolean }): string[] {
  const shown = groups.slice(0, MAX_GROUPS);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map(({ name, operations, selected, tokens }, index) => {
    const number = numbered ? `${String(index + 1).padStart(3)} ` : '  ';
    const amount = selected === operations ? `${operations}` : `${selected} of ${operations}`;
    const line = `${number}${name.padEnd(width)}  ${amount.padStart(11)}  ~${tokens.toLocaleString('en')} tokens`;
    return selected === 0 ? paint.faint(line) : line;
  });
  const rest = groups.slice(MAX_GROUPS);
  const more = rest.reduce((sum, { operations }) => sum + operations, 0);
  return rest.length === 0 ? lines : [...lines, paint.faint(`    and ${more} in ${rest.length} more groups`)];
}

function groupLines({ groups, operations, outcome }: BuildReport, paint: Paint): string[] {
  if (groups === undefined || groups.length < 2) return [];
  const isPart = operations.selected < operations.total;
  const isLarge = outcome === 'planned' || isPart;
  if (!isLarge) return [];
  const taken = isPart && outcome !== 'planned' ? groups.filter(({ selected }) => selected > 0) : groups;
  return [paint.strong('Groups'), ...renderGroups(taken, paint, { numbered: false }), ''];
}

function checkLines({ check }: BuildReport, paint: Paint): string[] {
  if (!check) return [];
  const call =
    check.callOutcome === 'skipped'
      ? 'no tool could be called without a guess'
      : `${check.called ?? 'a tool'} called against the mirror: ${check.callOutcome === 'ok' ? paint.good('ok') : paint.bad('failed')}`;
  const detail = check.detail === undefined ? [] : [`         ${check.detail}`];
  return [`  ${paint.faint('check')}  ${count(check.toolsListed, 'tool')} listed, ${call}`, ...detail];
}

/** Changes named one by one; more are counted. */
const MAX_CHANGES = 20;

function changeLines({ changes = [] }: BuildReport, paint: Paint): string[] {
  if (changes.length === 0) return [];
  const breaking = changes.filter((change) => change.breaking).length;
  const more = changes.length - MAX_CHANGES;
  return [
    paint.strong(`Changed since the last build (${changes.length}, ${breaking} breaking)`),
    ...changes.slice(0, MAX_CHANGES).map(({ kind, tool, breaking: breaks, details }) => {
      const mark = breaks ? paint.bad('!') : paint.faint('·');
      return `  ${mark} ${tool} ${kind}: ${details.join('; ')}`;
    }),
    ...(more > 0 ? [paint.faint(`  … and ${more} more`)] : []),
    '',
  ];
}

function toolLines({ tools }: BuildReport, paint: Paint): string[] {
  const more = tools.length - MAX_TOOLS;
  return [
    paint.strong('Tools'),
    ...tools.slice(0, MAX_TOOLS).map((name) => `  ${name}`),
    ...(more > 0 ? [paint.faint(`  … and ${more} more`)] : []),
    '',
  ];
}

const HEADINGS: readonly (readonly [severity: Omission['severity'], heading: string])[] = [
  ['operation', 'Left out'],
  ['part', 'Built without a part'],
  ['notice', 'Worth knowing'],
];

function omissionLines({ omitted, operations }: BuildReport, paint: Paint): string[] {
  // One omission may stand for all that a selection in words leaves out.
  const unselected = Math.max(omitted.filter(isSilent).length, operations.total - operations.selected);
  const lines = HEADINGS.flatMap(([severity, heading]) => {
    const listed = omitted.filter((each) => each.severity === severity && !isSilent(each));
    if (listed.length === 0) return [];
    return [
      paint.strong(`${heading} (${listed.length})`),
      ...listed.flatMap((each) => omissionLine(each, paint)),
      '',
    ];
  });
  return unselected > 0
    ? [...lines, paint.faint(`${unselected} not selected; \`--all\` builds them too`), '']
    : lines;
}

function omissionLine({ subject, reason, source, code }: Omission, paint: Paint): string[] {
  const place = source.line === undefined ? source.pointer : `line ${source.line}, ${source.pointer}`;
  return [`  ${paint.warn('–')} ${subject}: ${reason}`, `    ${paint.faint(`${code} at ${place}`)}`];
}

function secretLines({ secrets, enough, id }: BuildReport, paint: Paint): string[] {
  if (secrets.length === 0) return [];
  const words = enough?.map((set) => set.join(' and ')).join(', or ');
  return [
    paint.strong('Secrets'),
    ...secrets.map((name) => `  ${name}  ${paint.faint(`\`hub secret set ${name}\` asks for it`)}`),
    ...(words === undefined ? [] : [`  enough for most tools: ${words}`]),
    `  ${paint.faint(`until then: \`hub target ${id} mirror\` works without`)}`,
    '',
  ];
}

function nextLines({ id, outcome, secrets }: BuildReport, paint: Paint): string[] {
  if (outcome === 'planned') return [paint.faint('Build it: the same command without --dry-run.')];
  return [
    paint.strong('What next'),
    `  \`hub list --tools --server ${id}\``,
    `  \`hub target ${id} mirror\` and call it without ${secrets.length > 0 ? 'a key' : 'the service'}, or \`hub mirror start ${id}\``,
    '  `hub start`, if no hub runs; a running one has noticed already',
  ];
}
