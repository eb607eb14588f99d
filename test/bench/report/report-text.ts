import type { Goal } from './report-goals.ts';
import { of, picks, ratio, type Row } from './report-rounds.ts';

/** Where and with what the figures were made. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly rounds: number;
}

const times = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ×`;
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;

const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const baseOf = (rows: readonly Row[], { subject }: Row): Row | undefined =>
  rows.find((row) => row.subject.kind === 'direct' && row.subject.transport === subject.transport);

/** Everything as a multiple of the direct call over the same transport. */
function ratioTable(rows: readonly Row[]): string {
  const head = [
    '',
    'a call alone',
    'calls/s, 8 at once',
    'calls/s, 32 at once',
    'CPU of a call',
    '1 MB result',
    '1 MB results/s, 8 at once',
  ];
  const lines = rows.flatMap((row) => {
    const base = baseOf(rows, row);
    if (!base) return [];
    const { name } = row.subject;
    if (row.failed !== undefined) return [[name, ...head.slice(1).map(() => '–')]];
    if (base === row) return [[name, '1 ×', '100 %', '100 %', '1 ×', '1 ×', '100 %']];
    return [
      [
        row.subject.kind === 'hub' ? `**${name}**` : name,
        times(ratio(row, base, picks.serialMs)),
        percent(ratio(row, base, picks.eightRate)),
        percent(ratio(row, base, picks.manyRate)),
        times(ratio(row, base, picks.cpuUs)),
        times(ratio(row, base, picks.bigMs)),
        percent(ratio(row, base, picks.bigEightRate)),
      ],
    ];
  });
  return table(head, lines);
}

function absoluteTable(rows: readonly Row[]): string {
  const head = [
    '',
    'p50 ms',
    'calls/s, 8 at once',
    'calls/s, 32 at once',
    'CPU µs a call',
    '1 MB p50 ms',
    '1 MB results/s, 8 at once',
  ];
  const lines = rows.map((row) => {
    const { name } = row.subject;
    if (row.failed !== undefined) return [`${name}: ${row.failed}`, ...head.slice(1).map(() => '–')];
    return [
      name,
      of(row, picks.serialMs).toFixed(3),
      of(row, picks.eightRate).toFixed(0),
      of(row, picks.manyRate).toFixed(0),
      of(row, picks.cpuUs).toFixed(1),
      of(row, picks.bigMs).toFixed(2),
      of(row, picks.bigEightRate).toFixed(0),
    ];
  });
  return table(head, lines);
}

const madeBy = ({ date, machine, node, rounds }: Circumstances): string =>
  `${date}, ${machine}, Node ${node}, medians of ${rounds} rounds`;

/** The part of README.md between its two marks. */
export function readmePart(rows: readonly Row[], circumstances: Circumstances): string {
  return [
    'One call through the hub, against the same call to the server itself over the same transport:',
    ratioTable(rows),
    `${madeBy(circumstances)}. All in one run, in turn; \`npm run bench:report\` makes it anew.\nAbsolute figures, goals and how to reproduce: [benchmarks](docs/benchmarks.md).`,
  ].join('\n\n');
}

/** The whole of docs/benchmarks.md. */
export function benchmarksPage(
  rows: readonly Row[],
  goals: readonly Goal[],
  circumstances: Circumstances,
): string {
  const goalLines = goals.map(({ goal, measured, met }) => [goal, measured, verdict(met)]);
  return `# Benchmarks

Written by \`npm run bench:report\`; do not edit. Last run: ${madeBy(circumstances)}.

## Against the direct call

Every figure is a multiple of the direct call over the same transport, taken within a turn.

${ratioTable(rows)}

## Goals

A goal that was missed stands here as missed. Those over stdio were set beside a hub in the one process that a client launches, which is
\`hub stdio --alone\`; \`hub stdio\` with the hub that runs already is two, and is told beside them.

${table(['goal', 'measured', ''], goalLines)}

## Absolute figures

They say more about the machine than about what ran on it: client, hub and server share its processors.

${absoluteTable(rows)}

## What is measured

One raw client drives the same echo server directly and through everything else in short turns, three of short calls and three of
1 MB results a round, since the speed of a shared machine wanders: what is compared stands close together, and ratios (to the
direct call, to each peer) are taken within a turn. "Direct, HTTP" is that server on \`node:http\` without any framework. "Forwarding only" (\`test/bench/floor.ts\`) is the least that a program between
client and server can be: over HTTP forty lines on \`node:http\` that give each body an id and write it to the server, over stdio
two pipes. Neither parses, checks or knows a second server. The hub can be below the first because it reads plain requests
itself (decision 0096) and looks for the answer before it sleeps (0123). CPU is the processor time of the hub alone
(of hub and shim together for \`hub stdio\`), from \`/proc\`, at eight calls at once. The hub runs with its usual settings. Peers
run with the same Node and the same server behind them; bridges for one server are compared because they do less, and over stdio
a hub that clients launch, whose one tool calls those of the servers behind it. They are called in
2025-11-25. Goals in microseconds were set on a faster machine,
beside a direct call of 16.8 µs over HTTP and 5.8 µs over stdio. A list of
Eight results of a megabyte at once keep a server at work all the time, and to write them to its standard output
takes it longer than to answer over HTTP itself: through a hub they cannot come sooner than over stdio, so that both are told. A list of
3,000 tools is compared with a program that sends the same bytes from memory. RSS with 200 servers is that of a hub at rest
for ten seconds, which was started before and so finds its code compiled; all 200 servers run.

Where the load at the start is above the number of processors, other programs took part of them while this ran: each ratio then
mixes the hub with what else was at work, most of all the calls a second.

## Make it anew

    npm run bench:peers -- /tmp/peers          # installs the peers, each in a folder of its own
    PEERS_NPM=/tmp/peers npm run bench:report  # about a quarter of an hour; Linux only
    npm run bench:report -- --rounds 3 --soak 0
    npm run bench -- --soak 600                # ten minutes of load, the hub's memory

Without \`PEERS_NPM\` the peers' rows are left out. Peers that the registry does not have are not compared.
`;
}

const VERDICTS = {
  true: 'met',
  false: 'missed',
  compared: 'two processes',
  undefined: 'not measured',
} as const;

const verdict = (met: Goal['met']): string => VERDICTS[`${met}`];
