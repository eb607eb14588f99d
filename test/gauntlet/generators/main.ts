import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { descriptionsDir } from '../../e2e/builder-workspace.ts';
import { ROOT } from '../../guards/proofs-reporter.ts';
import { keptPart } from '../parts.ts';
import { hasReferee } from '../referee/prism.ts';
import { installedGenerators, type Installed } from './generators.ts';
import { LONGEST_CALLS_MS, measureGenerator } from './measure-generator.ts';
import { ownFigures } from './own-figures.ts';
import { generatorsText, type GeneratorResult } from './report.ts';

const HELP = `npm run gauntlet:generators -- --peers <dir> [options] [files]: what other generators make of the gauntlet's descriptions.

  --peers <dir>   folder of \`npm run gauntlet:peers -- <dir>\`
  --calls <n>     tools called per description, each with required and with all arguments (default: all)
  --parts <folder> keep what was measured of each, and measure only what is not there yet
  --again         start each once more, and keep the shorter times
  --json          print one JSON document
  --write         save the report as docs/gauntlet-generators.md

Files are names in ../shared/specs/openapi. Our own figures are those of docs/gauntlet.md.`;

const introduction = (calls: number | undefined): string => `# Gauntlet: other generators

The descriptions of [the gauntlet](gauntlet.md), given to other projects that make MCP servers of them and can be installed from
the registry: the same files, arguments made in the same way from what their tools list, the same judge. The judge does not ask
for credentials, so that none have to be given to each in its own way; which operation a tool stands for is read from its first
request. A tool whose request belongs to no operation counts as refused. What a generator writes before it can be started counts
as its build; one that reads the description when it starts has none, and its first list takes the longer. None of
them lists an output schema, so there is no answer that could be untrue to one. A name is valid here when it is unique, legal for
every client and at most 40 characters long, which is our own limit. Choices are made in their favour
([decision 0110](decisions/0110-other-generators-are-measured-leniently.md)). A server is called for at most ${LONGEST_CALLS_MS / 60_000} minutes,
and of the largest a part is called; how many were not is listed. Times are of the machine it ran on, and too long where
that did other work as well (\`--again\` starts each once more and keeps the shorter).

Theirs: made by \`npm run gauntlet:generators -- --peers <dir> --write${calls === undefined ? '' : ` --calls ${calls}`}\` on ${new Date().toISOString().slice(0, 10)}, with Node ${process.version.slice(1)}${calls === undefined ? '' : `; at most ${calls} tools of each description are called`}. Ours: from [the gauntlet's report](gauntlet.md).
`;

const { values: options, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    calls: { type: 'string' },
    peers: { type: 'string' },
    parts: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  return process.exit(2);
}

/** Times of a machine that does other things as well are too long now and then, and never too short. */
async function withShorterTimes(
  found: GeneratorResult,
  file: string,
  one: Installed,
): Promise<GeneratorResult> {
  if ('why' in found) return found;
  const again = await measureGenerator(file, one, { calls: 0 });
  if ('why' in again) return found;
  const { build, list } = again;
  return {
    ...found,
    build: build.seconds < found.build.seconds ? build : found.build,
    list: list.ms < found.list.ms ? list : found.list,
  };
}

async function measureAll(calls: number | undefined): Promise<GeneratorResult[]> {
  const generators = installedGenerators(options.peers);
  if (generators.length === 0) refuse('--peers: name the folder of `npm run gauntlet:peers -- <dir>`.');
  if (!existsSync(descriptionsDir)) refuse(`No descriptions in ${descriptionsDir}.`);
  const files = positionals.length === 0 ? readdirSync(descriptionsDir).sort() : positionals;
  const results: GeneratorResult[] = [];
  for (const name of files)
    for (const one of generators) {
      const file = resolve(join(descriptionsDir, name));
      const found = await keptPart(options.parts, `${one.generator.name} ${basename(file)}`, () =>
        measureGenerator(file, one, { calls }),
      );
      results.push(options.again ? await withShorterTimes(found, file, one) : found);
      process.stderr.write(`${'why' in found ? '✗' : '✓'} ${found.generator} ${found.file}\n`);
    }
  return results;
}

async function main(): Promise<void> {
  if (options.help) return void process.stdout.write(`${HELP}\n`);
  if (!hasReferee) refuse('Nobody can judge calls: `npm run gauntlet:referee` installs the referee.');
  if (options.calls !== undefined && !/^\d{1,6}$/.test(options.calls))
    refuse(`--calls: a whole number was expected, not "${options.calls}".`);
  const calls = options.calls === undefined ? undefined : Number(options.calls);
  const results = await measureAll(calls);
  const ours = ownFigures(readFileSync(`${ROOT}docs/gauntlet.md`, 'utf8'));
  const text = generatorsText(ours, results).trimEnd();
  if (options.write) writeFileSync(`${ROOT}docs/gauntlet-generators.md`, `${introduction(calls)}\n${text}\n`);
  process.stdout.write(`${options.json ? JSON.stringify({ ours, results }, undefined, 1) : text}\n`);
}

await main();
