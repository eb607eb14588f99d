import {
  type Blueprint,
  hubError,
  MirrorName,
  ServerId,
  ToolDefinition,
  type MirrorSummary,
} from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { count } from '../../output/text/format.ts';
import { mcpSource } from '../../input/mcp-source.ts';
import { readServersFolder } from '../../server-folder.ts';
import { runningHub } from '../../running/with-hub.ts';
import { renderMirror } from '../mirrors/render.ts';
import { readBlueprint } from './read-blueprint.ts';

const Input = z.object({
  server: z.string(),
  as: z.enum(['graphql', 'rest']),
  name: MirrorName.optional(),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
});
type Input = z.infer<typeof Input>;

export const translate = defineCommand({
  name: 'translate',
  group: 'builds',
  summary: 'Serve a server’s tools in another interface: GraphQL or REST',
  description:
    'A database, a REST service or any MCP server of the hub answers as a GraphQL or a REST service: each request becomes a call of a tool, with the policy and the credentials that the tool has. In GraphQL, rows of a database lead to the rows that belong to them. It is a mirror in the mode live: `hub mirror list`, `stop` and `delete` know it. It is made of the tools as they are now; after a build, translate again.',
  arguments: [['<server>', 'A server of the hub']],
  options: [
    ['--as <interface>', 'What it is to speak', { choices: ['graphql', 'rest'] }],
    ['--name <name>', 'Name of the mirror (default: <server>-graphql or <server>-rest)'],
    ['-p, --port <number>', 'A port of its own; 0 takes a free one'],
  ],
  examples: [
    ['hub translate shop --as graphql --port 4020', 'GraphQL over the database behind the server shop'],
    ['hub translate notes --as rest', 'an MCP server as a REST service'],
  ],
  input: Input,
  async run(context, input) {
    const hub = await runningHub(context);
    const mirror = await context.working(`translating ${input.server}`, () => start(hub, context, input));
    context.result(mirror, () => `${renderMirror(context, mirror)}\n${hintFor(input, mirror, context)}`);
  },
});

async function start(hub: HubApi, context: Context, input: Input): Promise<MirrorSummary> {
  const { server, as, port } = input;
  const name = input.name ?? mirrorName(`${server}-${as}`);
  const settings = { mode: 'live' as const, over: server };
  const common = { name, settings, ...(port === undefined ? {} : { port }) };
  const own = await ownBlueprint(context, server);
  if (as === 'rest' && own !== undefined) return hub.mirrors.start({ ...common, server });
  const blueprint = as === 'graphql' ? await inGraphql(context, server, own) : await inRest(context, server);
  return hub.mirrors.start({ ...common, blueprint });
}

/** A name that fits, cut where it is too long. */
const mirrorName = (text: string): string =>
  MirrorName.safeParse(text).success ? text : text.slice(-32).replace(/^[^a-z0-9]+/, '');

/** What a built server was made from; undefined for one that tells only its tools. */
async function ownBlueprint(context: Context, server: string): Promise<Blueprint | undefined> {
  const manifest = readServersFolder(context).servers.get(server)?.manifest;
  return manifest?.blueprint === undefined ? undefined : readBlueprint(context, server);
}

async function inGraphql(
  context: Context,
  server: string,
  blueprint: Blueprint | undefined,
): Promise<Blueprint> {
  const { toGraphql } = await import('@counterpart/scaffolds/translate/to-graphql');
  const { text } = await listing(context, server);
  const { tools } = z.object({ tools: z.array(z.unknown()) }).parse(JSON.parse(text));
  const defined = tools.flatMap((tool) => ToolDefinition.safeParse(tool).data ?? []);
  return toGraphql({ server, tools: defined, blueprint }, ServerId.parse(server));
}

async function inRest(context: Context, server: string): Promise<Blueprint> {
  const { readMcp } = await import('@counterpart/scaffolds/readers/mcp/read');
  const { blueprint } = await readMcp(await listing(context, server), {
    id: ServerId.parse(server),
    whole: true,
  });
  return blueprint;
}

/** What the server lists in the running hub. Rejects with SERVER_UNKNOWN. */
async function listing(context: Context, server: string) {
  const source = await mcpSource(context, `mcp:${server}`);
  if (source) return source;
  throw hubError('INTERNAL', { detail: `mcp:${server} is no place of a server` });
}

function hintFor({ as }: Input, { ownUrl, url = '', operations }: MirrorSummary, { paint }: Context): string {
  const base = ownUrl ?? url;
  const where = as === 'graphql' ? `${base}/graphql` : base;
  return `  ${paint.faint('serves')}      ${count(operations, 'operation')} at ${paint.code(where)}, answered by tools`;
}
