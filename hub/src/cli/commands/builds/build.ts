import { hubError, LoopAuthor, type BuildReport, type BuildStage } from '@counterpart/schemas';
import { z } from 'zod';
import type { BuildOptions, BuildProgress } from '../../../builder/options.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { renderBuildReport, renderGroups } from '../../output/build-report.ts';
import { buildMany } from './build-many.ts';
import { compiledIn } from './read-blueprint.ts';
import { mcpSource } from '../../input/mcp-source.ts';
import { buildFromFolder, buildFromWords, isWish } from '../loop/start.ts';
import { OWNER, versionsAt } from '../../versions-at.ts';

const Input = z.object({
  sources: z.array(z.string()).default([]),
  from: z.string().optional(),
  name: z.string().optional(),
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
  select: z.string().trim().min(1).optional(),
  maxTools: z.coerce.number().int().min(1).max(10_000).optional(),
  all: z.boolean().default(false),
  baseUrl: z.string().optional(),
  host: z.array(z.string()).optional(),
  keepPersonal: z.boolean().default(false),
  writable: z.boolean().default(false),
  category: z.string().optional(),
  allowRemote: z.boolean().default(false),
  allowOutside: z.boolean().default(false),
  strict: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  cache: z.boolean().default(true),
  jobs: z.coerce.number().int().min(1).max(64).optional(),
  author: LoopAuthor.optional(),
  model: z.string().optional(),
  fromFolder: z.string().optional(),
  with: z.array(z.string()).optional(),
  unsafeLocal: z.boolean().optional(),
});

export const build = defineCommand({
  name: 'build',
  alias: 'consume',
  group: 'builds',
  summary: 'Make a server from a description of a service',
  description:
    'Reads an OpenAPI 3.x or Swagger 2.0 document (JSON or YAML; a file, a folder or ZIP archive of several, a URL, or - for standard input), a GraphQL schema (SDL, introspection JSON, or the endpoint itself), a JSON-RPC service (OpenRPC, or the endpoint itself), a SOAP service (WSDL 1.1), a gRPC service (.proto files, a descriptor set, or grpc://host:port with reflection), recorded traffic (HAR, its secrets taken out), a Postman collection, a data file (CSV, JSON, XML, HTML tables, iCalendar, OFX, QIF and more), or the tables of a database (PostgreSQL, MariaDB, MySQL, SQLite), and makes a standalone MCP server of it in the servers folder. What cannot become a tool is listed with its reason and place; everything else is built. A running hub serves the result at once.',
  arguments: [
    [
      '[sources...]',
      'The same as --from, several are built beside each other; or in a few words what is wanted',
    ],
  ],
  options: [
    ['-f, --from <file|url|->', 'The description'],
    ['-n, --name <id>', 'Name of the server (default: made from the title)'],
    [
      '-i, --include <selector>',
      'Only this tag, path prefix, operationId or tool name; repeat for more',
      { repeat: true },
    ],
    ['-x, --exclude <selector>', 'All but this, named in the same ways; repeat for more', { repeat: true }],
    ['--select <words>', 'What to build, in words: “only issues and pull requests, without comments”'],
    ['--max-tools <n>', 'At most so many tools, the most telling ones'],
    ['--all', 'Everything, also where an earlier build of this server chose a part'],
    ['--base-url <url>', 'Address of the service, instead of the description’s'],
    ['--host <host>', 'Of recorded traffic: build this host; repeat for more', { repeat: true }],
    ['--keep-personal', 'Of recorded traffic: leave addresses and numbers of people in examples'],
    ['--writable', 'Of a database: tools that add, change and remove rows too'],
    ['--category <slug>', 'Category in the catalog'],
    ['--allow-remote', 'Follow references of the description to other hosts, never to private addresses'],
    ['--allow-outside', 'Follow its references to files outside of its folder'],
    ['--strict', 'Refuse if any operation would be left out'],
    ['--dry-run', 'Report what would be built and write nothing'],
    ['-j, --jobs <n>', 'Of several sources, so many at a time (default: one for each processor, at most 4)'],
    ['--no-cache', 'Compile the description anew, even if it was compiled before'],
    ['--author <author>', 'From words: who writes what cannot be compiled', { choices: LoopAuthor.options }],
    ['--model <name>', 'From words: which of the configured providers is asked'],
    [
      '--with <path>',
      'From words: a file or folder that the server will read; repeat for more',
      { repeat: true },
    ],
    [
      '--unsafe-local',
      'From words or a folder, where neither bubblewrap nor Docker is: run its code on this machine as your user',
    ],
    [
      '--from-folder <folder>',
      'A server that you wrote: it is checked, tested behind walls and approved as any other',
    ],
  ],
  examples: [
    ['hub build "a tracker of Clash Royale players"', 'from words, with the help of a model'],
    ['hub build "steps and sleep by day" --with export.xml', 'from words and a file that it will read'],
    ['hub build --from petstore.yaml', 'everything in a file'],
    ['hub build --from https://example.com/openapi.json --name shop', 'from a URL, named'],
    ['hub build --from specs/', 'from several files that refer to each other'],
    ['hub build --from payments.json --include /v1/customers -i balance', 'a chosen part'],
    ['hub build --from github.json --select "issues and pull requests"', 'a part, in words'],
    ['hub build --from github.json --dry-run', 'the groups of a large service, and what each costs'],
    ['hub build --from https://api.example.com/graphql', 'a GraphQL endpoint, asked for its schema'],
    ['hub build --from schema.graphql --base-url https://api.example.com/graphql', 'a GraphQL schema'],
    ['hub build --from https://api.example.com/rpc', 'a JSON-RPC service, asked for its methods'],
    ['hub build --from "https://api.example.com/service?wsdl"', 'a SOAP service'],
    ['hub build --from grpc://localhost:50051', 'a gRPC service that has reflection'],
    ['hub build --from traffic.har --host api.example.com', 'from what a browser recorded'],
    ['hub build --from orders.csv', 'from a data file: tools that query its rows'],
    ['hub build --from shop.sqlite --writable', 'from an SQLite file: tools over its tables'],
    ['hub build --from postgres://me:secret@localhost/shop', 'from a database: tools that read its tables'],
    ['hub build --from mcp:files --name files-rest', 'from a server of the hub: its tools over REST'],
    [
      'hub build petstore.yaml museum.yaml weather.json',
      'several, as many at a time as there are processors',
    ],
    ['curl -s https://example.com/api.yaml | hub build --from -', 'from standard input'],
  ],
  input: Input,
  async run(context, { sources, from, jobs, author, model, fromFolder, with: files, unsafeLocal, ...rest }) {
    const wish = { name: rest.name, category: rest.category, author, model, with: files, unsafeLocal };
    if (fromFolder !== undefined) return await buildFromFolder(context, fromFolder, wish);
    const [only = '', ...more] = sources;
    if (more.length === 0 && isWish(only)) return await buildFromWords(context, only, { ...wish, from });
    if (unsafeLocal === true)
      throw hubError('USAGE', {
        detail:
          '--unsafe-local is for builds from words and from a folder: what the hub compiles itself needs no sandbox.',
        command: 'hub build',
      });
    const locations = [...(from === undefined ? [] : [from]), ...sources];
    const [location, ...others] = locations;
    if (location === undefined)
      throw hubError('USAGE', {
        detail: 'Say what to build from: --from <file|url|->.',
        command: 'hub build',
      });
    if (others.length > 0) {
      assertForMany(locations, rest.name);
      const { buildServer } = await loadBuilder();
      const build = async (one: string): Promise<BuildReport> =>
        buildServer(await optionsFor(context, one, rest));
      return buildMany(context, locations, { jobs, build });
    }
    const options = await optionsFor(context, location, rest);
    const part = await askForPart(context, options);
    const { buildServer } = await loadBuilder();
    const report = await context.working(`building from ${location}`, (progress) =>
      buildServer({ ...options, ...part, onProgress: (step) => progress.update(describe(step)) }),
    );
    context.result(report, () => renderBuildReport(report, context.paint));
    return 0;
  },
});

type Wish = Omit<
  z.output<typeof Input>,
  'from' | 'sources' | 'jobs' | 'author' | 'model' | 'fromFolder' | 'with' | 'unsafeLocal'
>;

/** What is one server's alone cannot be said of several. Throws USAGE. */
function assertForMany(locations: readonly string[], name: string | undefined): void {
  const detail =
    name !== undefined
      ? '--name is for one source: several are named by their titles.'
      : locations.includes('-')
        ? 'Standard input (-) is one source: build it alone.'
        : undefined;
  if (detail !== undefined) throw hubError('USAGE', { detail, command: 'hub build' });
}

/** The compiler and the bundler are loaded by the commands that need them: every other command starts in half the time. */
const loadBuilder = () => import('../../../builder/build.ts');

async function optionsFor(
  context: Context,
  from: string,
  { host: hosts, cache, ...rest }: Wish,
): Promise<BuildOptions> {
  return {
    ...rest,
    from,
    hosts,
    source: await mcpSource(context, from),
    serversDir: context.home.serversDir,
    versions: versionsAt(context),
    approvedBy: OWNER,
    cacheDir: cache ? compiledIn(context) : undefined,
    signal: context.signal,
  };
}

/** Tools that a model can look over; of more, a person is asked which part is wanted. */
const MANY_TOOLS = 100;

/** Asks a person which part of a large service is wanted. Nothing is asked when something was chosen, or nobody is there. */
async function askForPart(
  context: Context,
  options: BuildOptions,
): Promise<Pick<BuildOptions, 'select' | 'include'>> {
  const { from, source, hosts } = options;
  // Who names a server of the hub or a host has chosen a part already.
  const parts = [source, hosts, options.include, options.exclude, options.select, options.maxTools];
  const isChosen = options.all === true || parts.some((part) => part !== undefined);
  if (isChosen || from === '-' || !context.asks) return {};
  const { buildServer } = await loadBuilder();
  const { groups = [], tools } = await context.working(`reading ${from}`, () =>
    buildServer({ ...options, dryRun: true }),
  );
  if (tools.length <= MANY_TOOLS || groups.length < 2) return {};
  context.note(renderGroups(groups, context.paint, { numbered: true }).join('\n'));
  const answer = await context.ask('Which of it? Words, or numbers of groups; nothing for all:');
  const numbers = /^[\d\s,]+$/.test(answer) ? answer.split(/[\s,]+/).map(Number) : [];
  const include = numbers.flatMap((number) => groups[number - 1]?.name ?? []);
  if (include.length > 0) return { include };
  return answer === '' ? {} : { select: answer };
}

const WORDS: Readonly<Record<BuildStage, string>> = {
  read: 'reading',
  compile: 'compiling operations',
  write: 'writing the package',
  bundle: 'bundling',
  check: 'checking against the mirror',
  install: 'installing',
};

function describe({ stage, done, total, note }: BuildProgress): string {
  const amount = done === undefined ? '' : ` ${done}${total === undefined ? '' : `/${total}`}`;
  return `${WORDS[stage]}${amount}${note === undefined ? '' : ` ${note}`}`;
}
