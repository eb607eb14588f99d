import type { Failure, Row } from './measure.ts';
import type { Speed } from './mirror/speed.ts';

/** Everything that one run found out. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly failures: readonly Failure[];
}

/** A share as a reader takes it in. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(part === whole ? 0 : 2)} %`;

const sum = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

const ratioOf = ({ mirrorPerSecond, refereePerSecond }: Speed): number => mirrorPerSecond / refereePerSecond;

const speedText = (speed: Speed | undefined): string =>
  speed === undefined
    ? '–'
    : `${speed.mirrorPerSecond.toFixed(0)} : ${speed.refereePerSecond.toFixed(0)} /s, ${ratioOf(speed).toFixed(1)}×`;

const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ['description', ({ file }) => file],
  ['operations', ({ operations }) => String(operations)],
  ['good tools', ({ good }) => String(good)],
  ['left out', ({ leftOut }) => String(leftOut.length)],
  ['tools', ({ quality }) => String(quality.tools)],
  ['valid names', ({ quality }) => String(quality.validNames)],
  ['strict schemas', ({ quality }) => String(quality.strict)],
  ['output schema', ({ quality }) => percent(quality.withOutput, quality.tools)],
  ['described inputs', ({ quality }) => percent(quality.describedParameters, quality.parameters)],
  ['calls taken', ({ judged }) => (judged ? `${judged.accepted} of ${judged.calls}` : '–')],
  ['mirror bodies', ({ mirror }) => `${mirror.bodies - mirror.invalid.length} of ${mirror.bodies}`],
  ['wrong requests refused', ({ mirror }) => `${mirror.mutants - mirror.taken.length} of ${mirror.mutants}`],
  [
    'lives of mirrors',
    ({ mirror: { lives } }) => (lives ? `${lives.possible - lives.untrue.length} of ${lives.possible}` : '–'),
  ],
  [
    'generated requests',
    ({ mirror: { properties: found } }) => (found ? `${found.valid} valid, ${found.wrong} wrong` : '–'),
  ],
  [
    'true answers of tools',
    ({ answers }) => (answers ? `${answers.answered - answers.untrue.length} of ${answers.answered}` : '–'),
  ],
  ['mirror : Prism', ({ mirror }) => speedText(mirror.speed)],
  ['build', ({ build }) => `${build.seconds.toFixed(1)} s, ${build.peakMb.toFixed(0)} MB`],
  ['first list', ({ list }) => `${list.ms.toFixed(0)} ms, ${list.peakMb.toFixed(0)} MB`],
  ['tokens of the list', ({ list }) => String(Math.ceil(list.bytes / 4))],
  ['one tool, p99', ({ described99 }) => `${(described99 / 1_000).toFixed(1)} kB`],
];

/** One bar of the gauntlet and what was measured. */
export interface Bar {
  readonly name: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

/** The bars that one run can tell of. */
export function barsOf({ rows, failures }: Outcome): Bar[] {
  const operations = sum(rows, (row) => row.operations);
  const good = sum(rows, ({ good: count }) => count);
  const tools = sum(rows, ({ quality }) => quality.tools);
  const calls = sum(rows, ({ judged }) => judged?.calls ?? 0);
  const taken = sum(rows, ({ judged }) => judged?.accepted ?? 0);
  const misread = sum(rows, ({ judged }) => judged?.misread.length ?? 0);
  const unjudged = rows.flatMap(({ judged }) => judged?.unjudged ?? []);
  const slowest = Math.max(...rows.map(({ list }) => list.ms));
  const largest = Math.max(...rows.map(({ list, build }) => Math.max(list.peakMb, build.peakMb)));
  const parameters = sum(rows, ({ quality }) => quality.parameters);
  const described = sum(rows, ({ quality }) => quality.describedParameters);
  const outputs = sum(rows, ({ quality }) => quality.withOutput);
  const silent = sum(rows, ({ silent: count }) => count);
  const bar = (name: string, goal: string, measured: string, met: boolean): Bar => ({
    name,
    goal,
    measured,
    met,
  });
  const widest = Math.max(...rows.map(({ described99 }) => described99));
  const share = (part: number): string => percent(part, tools);
  return [
    bar(
      'load',
      'every description lists its tools within 10 s and 512 MB',
      `${rows.length} of ${rows.length + failures.length}, at most ${(slowest / 1_000).toFixed(1)} s and ${largest.toFixed(0)} MB`,
      failures.length === 0 && slowest <= 10_000 && largest <= 512,
    ),
    bar(
      'good tools',
      '≥ 99.5 % of operations',
      `${good} of ${operations}, ${percent(good, operations)}`,
      good / operations >= 0.995,
    ),
    ...[
      ['valid names', sum(rows, ({ quality }) => quality.validNames), 1],
      ['strict ajv 2020-12', sum(rows, ({ quality }) => quality.strict), 1],
      ['annotations', sum(rows, ({ quality }) => quality.annotated), 1],
    ].map(([name, count, goal]) =>
      bar(
        String(name),
        `≥ ${100 * Number(goal)} % of tools`,
        share(Number(count)),
        Number(count) / tools >= Number(goal),
      ),
    ),
    bar(
      'described inputs',
      '≥ 99 % of parameters',
      percent(described, parameters),
      described / parameters >= 0.99,
    ),
    bar(
      'output schemas',
      '≥ 90 % of the tools whose operation answers JSON',
      `${percent(outputs, tools - silent)}; ${silent} tools answer no JSON`,
      outputs / (tools - silent) >= 0.9,
    ),
    ...mirrorBars(rows),
    ...generatedBars(rows),
    bar(
      'one tool described',
      '≤ 24 kB for 99 of 100 tools of a service',
      `at most ${(widest / 1_000).toFixed(1)} kB`,
      widest <= 24_000,
    ),
    ...(calls === 0
      ? []
      : [
          bar(
            'calls taken by the referee',
            '≥ 98 %',
            `${taken} of ${calls}, ${percent(taken, calls)}${misread > 0 ? `; ${misread} more set aside, about which the referee errs` : ''}${unjudged.length > 0 ? `; unjudged: ${unjudged.join('; ')}` : ''}`,
            taken / calls >= 0.98 && unjudged.length === 0,
          ),
        ]),
  ];
}

/** Of what was generated: requests of mirrors, and calls of tools with an output schema. */
function generatedBars(rows: readonly Row[]): Bar[] {
  const found = rows.flatMap(({ mirror }) => mirror.properties ?? []);
  const answers = rows.flatMap((row) => row.answers ?? []);
  if (found.length === 0 || answers.length === 0) return [];
  const total = (of: (one: (typeof found)[number]) => number): number =>
    found.reduce((all, one) => all + of(one), 0);
  const broken = total((one) => one.broken.length);
  const answered = answers.reduce((all, one) => all + one.answered, 0);
  const truly = answered - answers.reduce((all, one) => all + one.untrue.length, 0);
  return [
    {
      name: 'generated requests to mirrors',
      goal: 'valid ones answered as declared, wrong ones refused',
      measured: `${broken} of ${total((one) => one.operations)} operations broken by ${total((one) => one.valid)} valid and ${total((one) => one.wrong)} wrong requests`,
      met: broken === 0,
    },
    {
      name: 'answers of tools true to their output schema',
      goal: 'every one',
      measured: `${truly} of ${answered}, ${percent(truly, answered)}`,
      met: truly === answered,
    },
  ];
}

/** Of the mirrors: true answers, refused requests, and how fast. */
function mirrorBars(rows: readonly Row[]): Bar[] {
  const bodies = sum(rows, ({ mirror }) => mirror.bodies);
  const valid = bodies - sum(rows, ({ mirror }) => mirror.invalid.length);
  const mutants = sum(rows, ({ mirror }) => mirror.mutants);
  const refused = mutants - sum(rows, ({ mirror }) => mirror.taken.length);
  const speeds = rows.flatMap(({ mirror }) => mirror.speed ?? []);
  const ratios = speeds.map(ratioOf).toSorted((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)] ?? 0;
  const start = Math.max(0, ...speeds.map(({ startMs }) => startMs));
  const p50 = Math.max(0, ...speeds.map(({ p50Ms }) => p50Ms));
  const bars: Bar[] = [
    {
      name: 'bodies of mirrors valid',
      goal: '≥ 99.5 %',
      measured: `${valid} of ${bodies}, ${percent(valid, bodies)}`,
      met: valid >= bodies * 0.995,
    },
    {
      name: 'wrong requests refused by mirrors',
      goal: 'every one',
      measured: `${refused} of ${mutants}`,
      met: refused === mutants,
    },
  ];
  const possible = sum(rows, ({ mirror }) => mirror.lives?.possible ?? 0);
  const whole = possible - sum(rows, ({ mirror }) => mirror.lives?.untrue.length ?? 0);
  const strays = sum(rows, ({ mirror }) => mirror.strays.length);
  if (possible > 0)
    bars.push({
      name: 'what is made in a mirror is kept, shown and removed',
      goal: '≥ 80 % of the collections that can have it',
      measured: `${whole} of ${possible}, ${percent(whole, possible)}`,
      met: whole >= possible * 0.8,
    });
  bars.push({
    name: 'annotations against what mirrors were seen to do',
    goal: 'no contradiction',
    measured: `${strays} of ${sum(rows, ({ mirror }) => mirror.changing)} calls that changed something`,
    met: strays === 0,
  });
  if (speeds.length === 0) return bars;
  return [
    ...bars,
    {
      name: 'start of a mirror',
      goal: '≤ 2 s to its first answer',
      measured: `at most ${(start / 1_000).toFixed(2)} s`,
      met: start <= 2_000,
    },
    {
      name: 'mirrors beside Prism',
      goal: '≥ 3× its answers a second, p50 ≤ 5 ms',
      measured: `${middle.toFixed(1)}× in the middle of ${ratios.length}, from ${(ratios[0] ?? 0).toFixed(1)}× to ${(ratios.at(-1) ?? 0).toFixed(1)}×; p50 at most ${p50.toFixed(2)} ms`,
      met: middle >= 3 && p50 <= 5,
    },
  ];
}
/** A row of a Markdown table. */
export const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The whole outcome as Markdown, refusals included. */
export function reportText(outcome: Outcome): string {
  const { rows, failures } = outcome;
  const table = [
    line(COLUMNS.map(([title]) => title)),
    line(COLUMNS.map(() => '---')),
    ...rows.map((row) => line(COLUMNS.map(([, cell]) => cell(row)))),
  ];
  const bars = [
    line(['bar', 'goal', 'measured', '']),
    line(['---', '---', '---', '---']),
    ...barsOf(outcome).map(({ name, goal, measured, met }) =>
      line([name, goal, measured, met ? 'met' : '**missed**']),
    ),
  ];
  const details = [
    ...failures.map(({ file, why }) => `- ${file}: no server: ${why}`),
    ...rows.flatMap(({ file, leftOut }) => leftOut.map((one) => `- ${file}: left out, ${one}`)),
    ...rows.flatMap(({ file, quality }) => quality.faults.map((one) => `- ${file}: ${one}`)),
    ...rows.flatMap(({ file, mirror }) => [
      ...mirror.invalid.map((one) => `- ${file}: the mirror’s body, ${oneLine(one)}`),
      ...(mirror.lives?.untrue ?? []).map((one) => `- ${file}: a life in the mirror, ${oneLine(one)}`),
      ...(mirror.properties?.broken ?? []).map((one) => `- ${file}: a generated request, ${oneLine(one)}`),
      ...mirror.strays.map((one) => `- ${file}: ${oneLine(one)}`),
      ...mirror.taken.map((one) => `- ${file}: taken by the mirror though wrong, ${oneLine(one)}`),
    ]),
    ...rows.flatMap(({ file, answers }) =>
      (answers?.untrue ?? []).map((one) => `- ${file}: an answer, ${oneLine(one)}`),
    ),
    ...rows.flatMap(({ file, judged }) =>
      (judged?.misread ?? []).map(
        ({ tool, optional, misreading }) =>
          `- ${file}: \`${tool}\`, ${optional ? 'all' : 'required'} arguments: set aside, ${misreading}`,
      ),
    ),
    ...rows.flatMap(({ file, judged }) =>
      (judged?.refusals ?? []).map(
        ({ tool, optional, why }) =>
          `- ${file}: \`${tool}\`, ${optional ? 'all' : 'required'} arguments: ${oneLine(why)}`,
      ),
    ),
  ];
  return [...table, '', ...bars, '', ...details].join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 700);
