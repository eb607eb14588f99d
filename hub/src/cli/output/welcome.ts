import { relative } from 'node:path';
import type { HubStatus, ToolEntry } from '@counterpart/schemas';
import { count } from './text/format.ts';
import type { Paint } from './text/paint.ts';
import { sampleCall } from './sample-call.ts';
import { renderBroken, renderServers } from './server-table.ts';

export interface Welcome {
  readonly status: HubStatus;
  readonly tools: readonly ToolEntry[];
  readonly tokenFile: string;
  readonly paint: Paint;
  readonly width: number;
  /** How the reader calls this program. */
  readonly program: string;
}

/** What `hub start` shows: where the hub is, what it serves, and what to do next. */
export function renderWelcome({ status, tools, tokenFile, paint, width, program }: Welcome): string {
  const { url, servers, config } = status;
  return [
    '',
    `${paint.good('●')} ${paint.strong('Counterpart')} is running at ${paint.code(url)}   ${paint.faint('Ctrl-C ends it')}`,
    '',
    `  MCP endpoint  ${url}/mcp`,
    `  Token         ${shorten(tokenFile)} ${paint.faint('(for changes; `hub status --token` prints it)')}`,
    `  Config        ${shorten(config.file)}${config.problem === undefined ? '' : paint.bad(`  not in use: ${config.problem}`)}`,
    '',
    servers.length === 0
      ? paint.faint('No servers yet.')
      : `${renderServers(servers, paint, width)}\n${paint.faint(`${count(servers.length, 'server')}, ${count(status.tools, 'tool')}; a server wakes on its first call`)}`,
    '',
    ...renderBroken(status.problems, paint),
    paint.strong('What next'),
    ...nextSteps(status, tools, program).map(
      ([line, meaning]) => `  ${paint.code(line)}\n      ${paint.faint(meaning)}`,
    ),
    '',
  ].join('\n');
}

function nextSteps(
  { servers }: HubStatus,
  tools: readonly ToolEntry[],
  program: string,
): (readonly [line: string, meaning: string])[] {
  const mirrored = new Set(servers.filter(({ target }) => target === 'mirror').map(({ id }) => id));
  const call = sampleCall(tools.filter(({ server }) => mirrored.has(server)));
  return [
    ...(call === undefined
      ? []
      : [
          [
            `${program} call ${call}`,
            'calls a tool; this one is answered by its mirror, so no key is needed',
          ] as const,
        ]),
    [
      `${program} connect claude-desktop`,
      'or cursor, vscode, claude-code: tells the client where the hub is',
    ],
    [
      `${program} build --from <file|url>`,
      'makes a server from a description, traffic, a data file or a database',
    ],
    [`${program} build "what you want"`, 'has a model make one from words'],
    [`${program} chat`, 'talks with a model that has every tool of this hub'],
    [`${program} import`, 'takes over the servers that your clients have already'],
  ];
}

/** A path below the present folder is shown relative to it. */
function shorten(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
