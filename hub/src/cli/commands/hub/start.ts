import type { HubStatus, ToolEntry } from '@counterpart/schemas';
import { z } from 'zod';
import type { Hub } from '../../../hub.ts';
import { aborted } from '../../aborted.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { renderWelcome } from '../../output/welcome.ts';
import { findSettledHub, logFile, tokenFile } from '../../running/running-hub.ts';

const SETTLE_MS = 30_000;

const Input = z.object({
  detach: z.boolean().default(false),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  host: z.string().optional(),
});

export const start = defineCommand({
  name: 'start',
  group: 'hub',
  summary: 'Start the hub',
  description:
    'Starts the hub and serves every server of this home at one address. It stays in the foreground until Ctrl-C, or goes to the background with --detach.',
  options: [
    ['-d, --detach', 'Run in the background; return when the hub is ready'],
    ['-p, --port <number>', 'Port to listen on; 0 takes a free one (default: the configured one, 8001)'],
    ['--host <address>', 'Address to listen on (default: the configured one, 127.0.0.1)'],
  ],
  examples: [
    ['hub start', 'serves until Ctrl-C'],
    ['hub start --detach', 'serves in the background'],
    ['hub start --port 0 --json', 'takes a free port and prints it for a program'],
  ],
  input: Input,
  run: (context, input) => (input.detach ? startDetached(context, input) : startHere(context, input)),
});

async function startDetached(context: Context, { port, host }: z.infer<typeof Input>): Promise<void> {
  const present = await findSettledHub(context.home, SETTLE_MS, context.signal);
  const already = present.kind === 'running';
  const { launchHub } = await import('../../running/launch.ts');
  const { pid, url } = already
    ? present.record
    : await context.working('starting the hub', () =>
        launchHub(context.home, { port, host, signal: context.signal }),
      );
  const log = logFile(context.home);
  context.result({ pid, url, log, already }, () => {
    const { good, faint } = context.paint;
    return [
      `${good('✓')} The hub ${already ? 'already runs' : 'runs'} at ${url} ${faint(`(process ${pid})`)}`,
      `  MCP  ${url}/mcp`,
      `  log  ${log}`,
      '',
      'Next: `hub status`, `hub list`, `hub connect <client>`, `hub stop`.',
    ].join('\n');
  });
}

async function startHere(context: Context, { port, host }: z.infer<typeof Input>): Promise<void> {
  const { createHub } = await import('../../../hub.ts');
  const hub = await context.working('starting the hub', async () => {
    // Another command may have the data folder for a moment.
    await findSettledHub(context.home, SETTLE_MS, context.signal);
    return createHub({ home: context.home.directory, port, host });
  });
  try {
    await announce(context, hub);
    await Promise.race([hub.stopRequested, aborted(context.signal)]);
    if (!context.io.report) context.note('Stopping…');
  } finally {
    await hub.close();
  }
}

async function announce(context: Context, hub: Hub): Promise<void> {
  const status = await hub.status();
  if (context.io.report) {
    context.io.report({ ready: { pid: status.pid, url: status.url } });
    return;
  }
  const token = tokenFile(context.home);
  const { pid, url } = status;
  context.result({ pid, url, mcp: `${url}/mcp`, tokenFile: token, servers: status.servers }, () =>
    welcome(context, status, hub.tools()),
  );
}

const welcome = (context: Context, status: HubStatus, tools: readonly ToolEntry[]): string =>
  renderWelcome({
    status,
    tools,
    tokenFile: tokenFile(context.home),
    paint: context.paint,
    width: context.io.width,
    program: context.io.program,
  });
