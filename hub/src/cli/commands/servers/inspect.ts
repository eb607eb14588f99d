import type { ServerDetail, ToolEntry } from '@counterpart/schemas';
import { z } from 'zod';
import { madeVisible, visibleDefinition } from '../../../approvals/visible.ts';
import { defineCommand } from '../../command.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { LEARN_MS, untilLearned } from '../../running/learned.ts';
import { findTool, withheldTool } from '../../names.ts';
import { bytes, count, duration, effectOf, paintState } from '../../output/text/format.ts';
import { harmless } from '../../output/text/harmless.ts';
import type { Paint } from '../../output/text/paint.ts';
import { renderParameters } from '../../output/parameters.ts';
import { callWords } from '../../output/sample-call.ts';
import { withHub } from '../../running/with-hub.ts';

/** `own`: flows, prompts, mirrors or the hub's own tools, which are offered like a server's and have no process. */
type Found = { readonly server: ServerDetail } | { readonly tool: ToolEntry } | { readonly own: Offered };

/** What is shown of tools, whoever offers them. */
type Offered = Pick<ServerDetail, 'id' | 'toolNames'>;

export const inspect = defineCommand({
  name: 'inspect',
  group: 'servers',
  summary: 'Show one server or one tool in detail',
  arguments: [['<name>', 'A server’s or a tool’s name']],
  examples: [
    ['hub inspect weather', 'state, tools, health, last failure'],
    ['hub inspect weather__get_forecast', 'what the tool takes and gives'],
  ],
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const found = await context.working('asking the hub', () =>
      withHub(context, (hub) => find(hub, name, context.signal)),
    );
    context.result(found, () => render(found, context.paint));
  },
});

/** A name that is neither is reported as a tool's: there are more of those, so a near one is likelier to be found. */
async function find(hub: HubApi, name: string, signal: AbortSignal): Promise<Found> {
  await untilLearned(hub, LEARN_MS, signal);
  const servers = await hub.servers();
  if (servers.some(({ id }) => id === name)) return { server: await hub.server(name) };
  const tools = await hub.tools();
  const own = tools.filter(({ server }) => server === name);
  if (own.length > 0) return { own: { id: name, toolNames: own.map((tool) => tool.name) } };
  const withheld = tools.some((tool) => tool.name === name)
    ? undefined
    : withheldTool(await hub.status(), name);
  if (withheld) throw withheld;
  const ids = servers.map(({ id }) => ({
    name: id,
    server: id,
    definition: { name: id, inputSchema: { type: 'object' as const } },
  }));
  return { tool: findTool([...tools, ...ids], name) };
}

function render(found: Found, paint: Paint): string {
  if ('server' in found) return renderServer(found.server, paint);
  if ('tool' in found) return renderTool(found.tool, paint);
  const { own } = found;
  return [
    `${paint.strong(own.id)}  ${paint.faint('of the hub itself')}`,
    '',
    paint.strong(`Tools (${own.toolNames.length})`),
    ...toolLines(own),
  ].join('\n');
}

function renderServer(server: ServerDetail, paint: Paint): string {
  const rows: (readonly [string, string | undefined])[] = [
    ['kind', server.kind],
    ['version', server.version],
    ['signed', server.signed === undefined ? undefined : server.signed ? 'yes' : 'no'],
    ['category', server.category],
    ['folder', server.directory],
    ['command', server.command?.join(' ')],
    ['url', server.url],
    ['target', server.target],
    [
      'process',
      server.pid === undefined
        ? undefined
        : `${server.pid}${server.pssBytes === undefined ? '' : `, ${bytes(server.pssBytes)}`}`,
    ],
    ['instances', server.instances > 0 ? String(server.instances) : undefined],
    ['restarts', server.restarts > 0 ? String(server.restarts) : undefined],
    ['protocol', server.era],
    ['walls', server.walls],
    ['recording', recordingWords(server)],
    ['missing', server.missingSecrets.join(', ') || undefined],
    [
      'approval',
      server.awaitingApproval === 0
        ? undefined
        : paint.warn(`${count(server.awaitingApproval, 'tool')} left out until \`hub approve ${server.id}\``),
    ],
    ['problem', server.problem === undefined ? undefined : paint.bad(server.problem)],
  ];
  const [last] = server.health;
  return [
    `${paint.strong(server.id)} ${paintState(server.state, server.enabled, paint)}${server.title === undefined ? '' : `  ${server.title}`}`,
    ...(server.description === undefined ? [] : [`  ${server.description.split('\n')[0]}`]),
    ...rows
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  ${paint.faint(name.padEnd(10))}${value}`),
    ...(last === undefined
      ? []
      : [
          `  ${paint.faint('seen'.padEnd(10))}${last.state}, ${duration(Date.now() - Date.parse(last.at))} ago`,
        ]),
    ...useLines(server, paint),
    '',
    paint.strong(`Tools (${offered(server)})`),
    ...toolLines(server),
    ...noticeLines(server, paint),
    ...(server.stderr.length === 0
      ? []
      : [
          '',
          paint.strong('Standard error, newest last'),
          ...server.stderr.slice(-10).map((line) => `  ${harmless(line)}`),
        ]),
  ].join('\n');
}

const recordingWords = ({ recording }: ServerDetail): string | undefined =>
  recording && `${recording.state}, ${count(recording.entries, 'request')}, ${bytes(recording.bytes)}`;

/** What it asked of its services since it was put inside walls. */
function useLines({ uses = [] }: ServerDetail, paint: Paint): string[] {
  if (uses.length === 0) return [];
  const lines = uses.map(({ host, requests, answers, bytesOut, bytesIn, totalMs }) => {
    const groups = Object.entries(answers).map(([group, times]) => `${times} × ${group}`);
    const average = duration(totalMs / requests);
    return `  ${host}  ${count(requests, 'request')} (${groups.join(', ')}), ${bytes(bytesOut)} out, ${bytes(bytesIn)} in, ${average} each`;
  });
  return ['', paint.strong('Asked of its services'), ...lines];
}

/** A server lists more than is offered where tools are withheld, hidden by the policy or left out. */
const offered = ({ toolNames, tools }: ServerDetail): string =>
  toolNames.length < tools ? `${toolNames.length} of ${tools} that it lists` : String(toolNames.length);

/** What stands in the definitions and should be read by a person, with what nobody would see written out. */
function noticeLines({ notices }: ServerDetail, paint: Paint): string[] {
  if (notices.length === 0) return [];
  const lines = notices.map(
    ({ tool, where, detail }) => `  ${paint.warn('!')} ${madeVisible(`${tool}: ${where} ${detail}`)}`,
  );
  return ['', paint.strong('To be read before a model does'), ...lines];
}

/** So many that what stands above them stays in sight. */
const MAX_TOOLS = 20;

function toolLines({ id, toolNames }: Offered): string[] {
  const more = toolNames.length - MAX_TOOLS;
  const shown = toolNames.slice(0, more > 1 ? MAX_TOOLS : undefined).map((name) => `  ${name}`);
  return more > 1 ? [...shown, `  … and ${more} more: \`hub list --tools --server ${id}\``] : shown;
}

function renderTool(tool: ToolEntry, paint: Paint): string {
  const { name, server } = tool;
  // Written by others: what nobody sees, or what a terminal would obey, is written out.
  const definition = visibleDefinition(tool.definition);
  const { annotations, description } = definition;
  const hints = [
    effectOf(definition),
    ...(annotations?.idempotentHint === true ? ['repeating it does no more'] : []),
    ...(annotations?.openWorldHint === true ? ['reaches out to a service'] : []),
  ];
  return [
    `${paint.strong(name)}  ${paint.faint(`of ${server}`)}`,
    ...(description ?? '').split('\n').map((line) => `  ${line}`),
    `  ${paint.faint(hints.join(', '))}`,
    '',
    paint.strong('Input'),
    renderParameters(definition.inputSchema, paint),
    ...(definition.outputSchema === undefined
      ? []
      : ['', paint.strong('Output'), renderParameters(definition.outputSchema, paint)]),
    '',
    `Call it: \`hub call ${callWords(tool)}\``,
  ].join('\n');
}
