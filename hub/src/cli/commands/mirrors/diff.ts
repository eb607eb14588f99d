import { type ContractDiff, type ContractFinding, errorCatalogue, RecordingName } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { withHub } from '../../running/with-hub.ts';

/** As of `hub validate`, for something that is not as it was said to be. */
const DIFFERS_EXIT = errorCatalogue.MANIFEST_INVALID.exit;
const UNREACHABLE_EXIT = errorCatalogue.SERVICE_UNREACHABLE.exit;

export const diff = defineCommand({
  name: 'diff',
  parent: 'mirror',
  group: 'builds',
  summary: 'Compare a service with its description',
  description:
    'Holds a recording, the real service, or what spying saw against the description, and names every difference and its place: members that are missing or unknown, values that the schema does not allow, statuses, media types and endpoints that are not documented. Exits 0 when nothing differs, 4 when something does or nothing was there to compare, 6 when the service does not answer.',
  arguments: [['<name>', 'A mirror’s or a built server’s name']],
  options: [
    ['-r, --recording <name>', 'Recording to compare (default: the mirror’s own)'],
    ['--live', 'Ask the real service instead; operations that only read, with made-up inputs'],
    ['--writes', 'With --live: also ask operations that change things, for real'],
    ['--spied', 'What came through in the mode spy'],
  ],
  examples: [
    ['hub mirror diff weather', 'the recording against the description'],
    ['hub mirror diff weather --live --json', 'the real service, as a report'],
  ],
  input: z.object({
    name: z.string(),
    recording: RecordingName.optional(),
    live: z.boolean().default(false),
    writes: z.boolean().default(false),
    spied: z.boolean().default(false),
  }),
  async run(context, { name, recording, live, writes, spied }) {
    const against = live ? 'service' : spied ? 'spied' : 'recording';
    const request = { against, writes, ...(recording === undefined ? {} : { recording }) } as const;
    const report = await context.working('comparing', () =>
      withHub(context, (hub) => hub.mirrors.diff(name, request)),
    );
    context.result(report, () => renderDiff(context, name, report));
    if (isEmpty(report)) return DIFFERS_EXIT;
    if (report.agrees) return 0;
    return report.findings.every(({ kind }) => kind === 'unreachable') ? UNREACHABLE_EXIT : DIFFERS_EXIT;
  },
});

/** Agreement would be no news; a service of which nothing is described cannot differ. */
const isEmpty = ({ exchanges, findings, operations }: ContractDiff): boolean =>
  exchanges === 0 && findings.length === 0 && operations.total > 0;

const HOW_TO_COMPARE: Readonly<Record<ContractDiff['against'], (name: string) => string>> = {
  recording: (name) => `the recording is empty. \`hub mirror record ${name}\`, then call the mirror`,
  spied: (name) => `nothing was spied. \`hub mirror start ${name} --mode spy\`, then call the mirror`,
  service: () => 'no operation could be asked; --json lists each with the reason',
};

function renderDiff({ paint }: Context, name: string, report: ContractDiff): string {
  if (isEmpty(report))
    return `${paint.bad('✗')} Nothing was compared (${report.subject}): ${HOW_TO_COMPARE[report.against](name)}.`;
  const byOperation = Map.groupBy(report.findings, ({ method, path }) => `${method} ${path}`);
  const { exercised, total } = report.operations;
  const seen = `${count(report.exchanges, 'exchange')}, ${exercised} of ${count(total, 'operation')} seen`;
  return [
    ...[...byOperation].flatMap(([operation, findings]) => [
      paint.strong(operation),
      ...findings.map((finding) => `  ${renderFinding(finding)}`),
    ]),
    report.agrees
      ? `${paint.good('✓')} Nothing differs (${report.subject}: ${seen}).`
      : `${paint.bad('✗')} ${count(report.findings.length, 'difference')} (${report.subject}: ${seen}).`,
  ].join('\n');
}

function renderFinding({
  kind,
  status,
  place,
  message,
  expected,
  found,
  count: times,
}: ContractFinding): string {
  const facts = [
    expected === undefined ? '' : `expected ${expected}`,
    found === undefined ? '' : `found ${found}`,
    times > 1 ? `${times} times` : '',
  ].filter((fact) => fact !== '');
  return `${kind}${status === undefined ? '' : ` ${status}`}: ${place} ${message}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}`;
}
