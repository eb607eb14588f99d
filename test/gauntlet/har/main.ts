import { basename, join } from 'node:path';
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Blueprint } from '@counterpart/schemas';
import { descriptionsDir } from '../../e2e/builder-workspace.ts';
import type { PathWords } from '../../fixtures/record-har.ts';
import { recordable, recover, type Recovered } from './recover.ts';

const HELP = `npm run gauntlet:har [-- options] [files]: how many path templates come back from traffic.

Each operation of each description is called three times on its mirror; the traffic is kept as HAR and read back.

  --words <kind>  values of free path parameters: lived (one person's few things), english, random, sampled (what the description
                  shows as an example, often one value alone); may be given several times (default: the first three)
  --samples <n>   calls of each operation (default 3)
  --show <n>      that many templates that were missed, and that were too many, per line
  --json          print one JSON document

Files are names in ../shared/specs/openapi, or paths.`;
const BAR = 0.95;
const ORIGIN = 'https://api.recorded.test';
const WORDS: readonly PathWords[] = ['lived', 'english', 'random', 'sampled'];

const { values: options, positionals } = parseArgs({
  options: {
    words: { type: 'string', multiple: true, default: ['lived', 'english', 'random'] },
    samples: { type: 'string', default: '3' },
    show: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  process.stderr.write(`--${name}: a whole number was expected, not "${text}".\n`);
  return process.exit(2);
}

function wordsAsked(): PathWords[] {
  return options.words.map((name) => {
    const known = WORDS.find((one) => one === name);
    if (known !== undefined) return known;
    process.stderr.write(`--words: one of ${WORDS.join(', ')} was expected, not "${name}".\n`);
    return process.exit(2);
  });
}

interface Row extends Omit<Recovered, 'text'> {
  readonly file: string;
}

const lineOf = ({ file, words, called, recall, precision, missing, extra }: Row): string =>
  [
    `${file.padEnd(26)}${words.padEnd(9)}${String(called).padStart(5)}  recall ${recall.toFixed(3)}  precision ${precision.toFixed(3)}`,
    ...missing.map((one) => `  - ${one}`),
    ...extra.map((one) => `  + ${one}`),
  ].join('\n');

async function rowOf(blueprint: Blueprint, file: string, words: PathWords): Promise<Row> {
  const samples = wholeNumber('samples', options.samples);
  const show = wholeNumber('show', options.show);
  const secret = (variable: string): string => `Zq9xT7Kp2${Buffer.from(variable).toString('hex')}`;
  const { text: _read, ...row } = await recover(blueprint, { samples, words, secret, origin: ORIGIN });
  return { file, ...row, missing: row.missing.slice(0, show), extra: row.extra.slice(0, show) };
}

function filesAsked(): string[] {
  const names =
    positionals.length === 0 && existsSync(descriptionsDir)
      ? readdirSync(descriptionsDir).sort()
      : positionals;
  return names.map((name) => (existsSync(name) ? name : join(descriptionsDir, name)));
}

async function main(): Promise<void> {
  if (options.help) return void process.stdout.write(`${HELP}\n`);
  const rows: Row[] = [];
  for (const file of filesAsked()) {
    const blueprint = await recordable(file, ORIGIN);
    for (const words of wordsAsked()) {
      const row = await rowOf(blueprint, basename(file), words);
      rows.push(row);
      if (!options.json) process.stdout.write(`${lineOf(row)}\n`);
    }
  }
  if (options.json) process.stdout.write(`${JSON.stringify(rows, undefined, 1)}\n`);
  if (rows.some(({ recall, precision }) => recall < BAR || precision < BAR)) process.exitCode = 1;
}

await main();
