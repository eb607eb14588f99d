import { line, percent } from '../report.ts';
import { GENERATORS } from './generators.ts';
import type { GeneratorFailure, GeneratorRow } from './measure-generator.ts';
import { FIGURES, type Figures } from './own-figures.ts';
import { reasonOf } from './refusal-reasons.ts';

export type GeneratorResult = GeneratorRow | GeneratorFailure;

/** What is measured of ours and of theirs, in the words of our own report. */
export function figuresOf(row: GeneratorRow): Figures {
  const { quality, judged, build, list } = row;
  return {
    description: row.file,
    tools: String(quality.tools),
    'valid names': String(quality.validNames),
    'schemas that compile': String(quality.compiling),
    'strict schemas': String(quality.strict),
    'output schema': percent(quality.withOutput, quality.tools),
    'described inputs': percent(quality.describedParameters, quality.parameters),
    'calls taken': judged === undefined ? '–' : `${judged.accepted} of ${judged.calls}`,
    // None of them lists an output schema that an answer could be held against.
    'true answers of tools': '–',
    build: build.peakMb === 0 ? '–' : `${build.seconds.toFixed(1)} s, ${build.peakMb.toFixed(0)} MB`,
    'first list': `${list.ms.toFixed(0)} ms, ${list.peakMb.toFixed(0)} MB`,
    'tokens of the list': String(Math.ceil(list.bytes / 4)),
  };
}

const named = ({ name, version }: (typeof GENERATORS)[number]): string => `${name} ${version}`;

/** All figures of one maker of servers, and the descriptions of which it made none. */
interface Side {
  readonly name: string;
  readonly figures: readonly Figures[];
  readonly failed: readonly GeneratorFailure[];
}

const sidesOf = (ours: readonly Figures[], results: readonly GeneratorResult[]): Side[] => [
  { name: 'Counterpart', figures: ours, failed: [] },
  ...GENERATORS.map((generator) => {
    const own = results.filter((result) => result.generator === generator.name);
    return {
      name: named(generator),
      figures: own.flatMap((result) => ('why' in result ? [] : [figuresOf(result)])),
      failed: own.flatMap((result) => ('why' in result ? [result] : [])),
    };
  }),
];

const numberIn = (text: string | undefined): number => Number(/[\d.]+/.exec(text ?? '')?.[0] ?? 0);

function overall({ name, figures }: Side, descriptions: number, operations: number): string[] {
  const sum = (of: (one: Figures) => number): number => figures.reduce((total, one) => total + of(one), 0);
  const tools = sum((one) => numberIn(one.tools));
  const outputs = sum((one) => (numberIn(one['output schema']) / 100) * numberIn(one.tools));
  const calls = sum((one) => numberIn(/of (\d+)/.exec(one['calls taken'])?.[1]));
  const taken = sum((one) => (calls === 0 ? 0 : numberIn(one['calls taken'])));
  const slowest = Math.max(0, ...figures.map((one) => numberIn(one['first list'])));
  const largest = Math.max(0, ...figures.map((one) => numberIn(/, (\d+) MB/.exec(one['first list'])?.[1])));
  const whole = (count: (one: Figures) => number): string => percent(sum(count), tools);
  return [
    name,
    `${figures.length} of ${descriptions}`,
    `${tools} of ${operations}`,
    whole((one) => numberIn(one['valid names'])),
    whole((one) => numberIn(one['schemas that compile'])),
    whole((one) => numberIn(one['strict schemas'])),
    percent(Math.round(outputs), tools),
    calls === 0 ? '–' : `${taken} of ${calls}, ${percent(taken, calls)}`,
    `${(slowest / 1_000).toFixed(1)} s, ${largest} MB`,
    String(sum((one) => numberIn(one['tokens of the list']))),
  ];
}

const OVERALL = [
  'made by',
  'descriptions that load',
  'tools of operations',
  'valid names',
  'schemas that compile',
  'strict schemas',
  'output schemas',
  'calls taken',
  'slowest and largest first list',
  'tokens of all lists',
];

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  line(head),
  line(head.map(() => '---')),
  ...rows.map(line),
];

/** Other generators beside ours over the same descriptions, as Markdown: overall, one by one, and why calls were refused. */
export function generatorsText(
  ours: readonly (Figures & { readonly operations: string })[],
  results: readonly GeneratorResult[],
): string {
  const sides = sidesOf(ours, results);
  const operations = ours.reduce((total, one) => total + Number(one.operations), 0);
  const titles = FIGURES.filter((title) => title !== 'description');
  const rows = ours.flatMap(({ description }) =>
    sides.map(({ name, figures }) => {
      const found = figures.find((one) => one.description === description);
      return [description, name, ...titles.map((title) => found?.[title] ?? '–')];
    }),
  );
  return [
    '## All descriptions',
    '',
    ...tableOf(
      OVERALL,
      sides.map((side) => overall(side, ours.length, operations)),
    ),
    '',
    '## Each description',
    '',
    ...tableOf(['description', 'made by', ...titles], rows),
    '',
    ...sides.flatMap(({ name, failed }) =>
      failed.map(({ file, why }) => `- ${file}: ${name} made no server: ${oneLine(why)}`),
    ),
    ...results.flatMap(remarksOf),
    '',
    '## Why their calls were refused',
    '',
    ...reasonsTable(results),
    '',
  ].join('\n');
}

/** What a figure does not show: calls that were not made, or that nobody could judge. */
function remarksOf(result: GeneratorResult): string[] {
  if ('why' in result || result.judged === undefined) return [];
  const { generator, file, judged, quality } = result;
  return [
    ...(judged.uncalled > 0
      ? [`- ${file}: of the ${quality.tools} tools of ${generator} ${judged.uncalled} were not called`]
      : []),
    ...judged.unjudged.map((why) => `- ${file}: ${generator}: not judged: ${oneLine(why)}`),
  ];
}

function reasonsTable(results: readonly GeneratorResult[]): string[] {
  const refused = results.flatMap((result) =>
    'why' in result
      ? []
      : (result.judged?.refusals ?? []).map(({ why }) => ({
          generator: result.generator,
          reason: reasonOf(why),
        })),
  );
  const byReason = Map.groupBy(refused, ({ reason }) => reason);
  const rows = [...byReason].map(([reason, all]) => [
    reason,
    ...GENERATORS.map(({ name }) => all.filter(({ generator }) => generator === name).length),
  ]);
  const largest = rows.toSorted((a, b) => Number(b[1]) + Number(b[2]) - Number(a[1]) - Number(a[2]));
  return tableOf(
    ['reason', ...GENERATORS.map(named)],
    largest.map((row) => row.map(String)),
  );
}

/** What a program said of itself when it failed, without the paths of this machine. */
const oneLine = (text: string): string =>
  text
    .replace(/(?:file:\/\/)?\/[^\s'":)]+\//g, '')
    .replace(/\s+/g, ' ')
    .slice(0, 260);
