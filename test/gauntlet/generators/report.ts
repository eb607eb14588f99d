import type { Row, Failure } from '../measure.ts';
import { line, percent } from '../report.ts';
import { GENERATORS } from './generators.ts';
import type { GeneratorFailure, GeneratorRow } from './measure-generator.ts';

export type GeneratorResult = GeneratorRow | GeneratorFailure;

interface Side {
  readonly name: string;
  readonly loaded: number;
  readonly failed: readonly string[];
  readonly tools: number;
  readonly validNames: number;
  readonly strict: number;
  readonly withOutput: number;
  readonly annotated: number;
  readonly calls: number;
  readonly accepted: number;
}

type Measured = Pick<GeneratorRow, 'quality' | 'judged'>;

function sideOf(name: string, rows: readonly Measured[], failed: readonly string[]): Side {
  const sum = (of: (row: Measured) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    name,
    loaded: rows.length,
    failed,
    tools: sum(({ quality }) => quality.tools),
    validNames: sum(({ quality }) => quality.validNames),
    strict: sum(({ quality }) => quality.strict),
    withOutput: sum(({ quality }) => quality.withOutput),
    annotated: sum(({ quality }) => quality.annotated),
    calls: sum(({ judged }) => judged?.calls ?? 0),
    accepted: sum(({ judged }) => judged?.accepted ?? 0),
  };
}

const HEAD = [
  'made by',
  'descriptions that load',
  'tools',
  'valid names',
  'strict schemas',
  'output schemas',
  'annotated',
  'calls taken',
];

const cellsOf = (side: Side, descriptions: number): string[] => [
  side.name,
  `${side.loaded} of ${descriptions}`,
  String(side.tools),
  percent(side.validNames, side.tools),
  percent(side.strict, side.tools),
  percent(side.withOutput, side.tools),
  percent(side.annotated, side.tools),
  side.calls === 0 ? '–' : `${side.accepted} of ${side.calls}, ${percent(side.accepted, side.calls)}`,
];

/** Other generators over the same descriptions, beside ours, as Markdown; empty when none was measured. */
export function generatorsText(
  ours: { readonly rows: readonly Row[]; readonly failures: readonly Failure[] },
  results: readonly GeneratorResult[],
): string {
  if (results.length === 0) return '';
  const descriptions = ours.rows.length + ours.failures.length;
  const sides = [
    sideOf(
      'Counterpart',
      ours.rows,
      ours.failures.map(({ file, why }) => `${file}: ${why}`),
    ),
    ...GENERATORS.map(({ name, version }) => {
      const own = results.filter(({ generator }) => generator === name);
      const rows = own.flatMap((result) => ('why' in result ? [] : [result]));
      const failed = own.flatMap((result) => ('why' in result ? [`${result.file}: ${result.why}`] : []));
      return sideOf(`${name} ${version}`, rows, failed);
    }),
  ];
  return [
    '## Other generators',
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...sides.map((side) => line(cellsOf(side, descriptions))),
    '',
    ...sides.flatMap(({ name, failed }) => failed.map((why) => `- ${name}: no server from ${oneLine(why)}`)),
    '',
  ].join('\n');
}

/** What a program said of itself when it failed, without the paths of this machine. */
const oneLine = (text: string): string =>
  text
    .replace(/(?:file:\/\/)?\/[^\s'":)]+\//g, '')
    .replace(/\s+/g, ' ')
    .slice(0, 260);
