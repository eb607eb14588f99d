import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version as graphqlVersion } from 'graphql';
import { descriptionsDir } from '../e2e/builder-workspace.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { measureGraphql, type GraphqlRow } from './graphql/measure-graphql.ts';
import { graphqlText } from './graphql/report.ts';
import { keptPart } from './parts.ts';
import { measure, type Failure, type Row } from './measure.ts';
import { hasReferee } from './referee/prism.ts';
import { barsOf, reportText } from './report.ts';

const HELP = `npm run gauntlet [-- options] [files]: what becomes of real descriptions, from file to calls an independent referee takes.

  --calls <n>     tools called per description, each with required and with all arguments (default: all)
  --dir <folder>  descriptions to take instead of ../shared/specs/openapi
  --parts <folder> keep what was measured of each, and measure only what is not there yet
  --json          print one JSON document
  --write         save the report as docs/gauntlet.md

Files are names in that folder, or paths. The referee (Prism) is installed by \`npm run gauntlet:referee\`.`;

/** What a reader must know before the figures; dated, because figures are of a day and a machine. */
const introduction = (calls: number | undefined): string => `# Gauntlet

What becomes of real descriptions: each is built with \`hub build\`, its server is started and listed, and its tools are called
with arguments made from nothing but the listed schema, once with the required ones and once with all. The judge is Prism
5.16.0, reading the same description; schemas of answers are taken from what it is given, because on some descriptions they
keep it from starting. A path parameter that nobody filled counts as refused, though Prism would take it. Lists of forms
have their default encoding written out for it. Two of its errors are known, and calls they meet are set aside, each listed: it
asks for members of optional objects that were not sent, and reads no lists of objects in forms. GraphQL schemas are
judged by graphql-js ${graphqlVersion}; their argument \`fields\`, whose values are names of the schema, is left out.

The mirror of each is asked every operation (80 at most), its bodies are judged by ajv, and requests that are wrong in one place
(a member gone, one too many, another type, out of range) must be refused. Requests generated with fast-check and
sent by fetch are judged the same way. Its speed is that of a program of its own beside Prism,
the same requests in turn, from a raw client with 4 connections and 8 requests waiting on each.

What other generators make of the same descriptions stands [beside these figures](gauntlet-generators.md).

Made by \`npm run gauntlet -- --write${calls === undefined ? '' : ` --calls ${calls}`}\` on ${new Date().toISOString().slice(0, 10)}: ${calls === undefined ? 'every tool is called' : `at most ${calls} tools of each description are called, by a choice that is any but always the same`}.
Times and memory are of the machine it ran on, with Node ${process.version.slice(1)}.
`;

const { values: options, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    calls: { type: 'string' },
    parts: { type: 'string' },
    dir: { type: 'string', default: descriptionsDir },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function filesToRun(): string[] {
  const folder = resolve(options.dir);
  if (positionals.length === 0)
    return existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => join(folder, name))
      : [];
  return positionals.map((name) => (existsSync(name) ? resolve(name) : join(folder, name)));
}

function callsAsked(): number | undefined {
  if (!hasReferee) {
    process.stderr.write('No calls are judged: `npm run gauntlet:referee` installs the referee.\n');
    return 0;
  }
  if (options.calls === undefined) return undefined;
  if (/^\d{1,6}$/.test(options.calls)) return Number(options.calls);
  process.stderr.write(`--calls: a whole number was expected, not "${options.calls}".\n`);
  process.exit(2);
}

/** The schemas beside the descriptions; none when files were named, or nobody can judge. */
async function measureSchemas(calls: number | undefined) {
  const folder = join(resolve(options.dir), '../graphql');
  if (positionals.length > 0 || !existsSync(folder)) return [];
  const rows: GraphqlRow[] = [];
  for (const name of readdirSync(folder).sort()) {
    rows.push(await keptPart(options.parts, name, () => measureGraphql(join(folder, name), { calls })));
    process.stderr.write(`✓ ${name}\n`);
  }
  return rows;
}

async function main(): Promise<void> {
  if (options.help) return say(HELP);
  const files = filesToRun();
  if (files.length === 0) {
    process.stderr.write(`No descriptions in ${options.dir}: name files, or a folder with --dir.\n`);
    process.exit(2);
  }
  const calls = callsAsked();
  const rows: Row[] = [];
  const failures: Failure[] = [];
  for (const file of files) {
    const found = await keptPart(options.parts, basename(file), () =>
      measure(file, { calls, lives: true, speed: true }),
    );
    if ('why' in found) failures.push(found);
    else rows.push(found);
    process.stderr.write(`${'why' in found ? '✗' : '✓'} ${found.file}\n`);
  }
  const graphql = await measureSchemas(calls);
  const outcome = { rows, failures };
  const text = [reportText(outcome), '', graphqlText(graphql)].join('\n').trimEnd();
  if (options.write) writeFileSync(`${ROOT}docs/gauntlet.md`, `${introduction(calls)}\n${text}\n`);
  say(options.json ? JSON.stringify({ ...outcome, graphql, bars: barsOf(outcome) }, undefined, 1) : text);
  if (barsOf(outcome).some(({ met }) => !met)) process.exitCode = 1;
}

await main();
