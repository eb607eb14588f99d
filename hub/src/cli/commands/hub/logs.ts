import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { createHubApi } from '../../api/hub-api.ts';
import { isAbout, renderLogLine } from '../../log-lines.ts';
import { harmless } from '../../output/text/harmless.ts';
import { findServer } from '../../names.ts';
import { findHub, logFile } from '../../running/running-hub.ts';

const POLL_MS = 200;
const TAIL_BYTES = 4 * 1024 * 1024;

export const logs = defineCommand({
  name: 'logs',
  group: 'hub',
  summary: 'Show the log of the hub, or of one server',
  description:
    'Shows the newest lines of the log. For a server also what its process last wrote to standard error.',
  arguments: [['[server]', 'Only what concerns this server']],
  options: [
    ['-n, --lines <number>', 'How many lines'],
    ['-f, --follow', 'Stay, and show what comes'],
  ],
  examples: [
    ['hub logs -n 50', 'the newest 50 lines'],
    ['hub logs weather -f', 'what happens to one server, until Ctrl-C'],
  ],
  input: z.object({
    server: z.string().optional(),
    lines: z.coerce.number().int().min(1).max(10_000).default(100),
    follow: z.boolean().default(false),
  }),
  async run(context, { server, lines, follow }) {
    const file = logFile(context.home);
    const wanted = (line: string) => line !== '' && (server === undefined || isAbout(line, server));
    const start = existsSync(file) ? statSync(file).size : 0;
    const { log, stderr } = await recent(context, { server, lines, file, wanted });
    const show = (line: string) => (context.json ? line : renderLogLine(line, context.paint));
    if (follow) {
      for (const line of log) context.io.stdout.write(`${show(line)}\n`);
      return followFile(file, start, context.signal, (line) => {
        if (wanted(line)) context.io.stdout.write(`${show(line)}\n`);
      });
    }
    const about = server === undefined ? '' : ` about ${server}`;
    context.quote({ file, lines: log, stderr }, () =>
      [
        ...(log.length === 0 ? [context.paint.faint(`Nothing${about} in ${file} yet.`)] : log.map(show)),
        ...(stderr.length > 0
          ? ['', context.paint.strong(`Standard error of ${server}`), ...stderr.map(harmless)]
          : []),
      ].join('\n'),
    );
  },
});

interface Recent {
  readonly log: readonly string[];
  readonly stderr: readonly string[];
}

/** A running hub gives its lines with secrets taken out; without one the file is read, which the hub wrote censored. */
async function recent(
  context: Context,
  options: { server: string | undefined; lines: number; file: string; wanted: (line: string) => boolean },
): Promise<Recent> {
  const { server, lines, file } = options;
  const presence = await findHub(context.home);
  if (presence.kind === 'running') {
    const hub = createHubApi(presence.address, context.signal);
    const stderr = server === undefined ? [] : (await findServer(hub, server)).stderr.slice(-lines);
    return { log: await hub.logs({ server, lines }), stderr };
  }
  if (!existsSync(file)) return { log: [], stderr: [] };
  const text = readFileSync(file).subarray(-TAIL_BYTES).toString('utf8');
  return { log: text.split('\n').filter(options.wanted).slice(-lines), stderr: [] };
}

/** Reads what is appended until the signal aborts; a file that shrinks begins anew. */
async function followFile(
  file: string,
  from: number,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  let at = from;
  let rest = '';
  while (!signal.aborted) {
    const size = existsSync(file) ? statSync(file).size : 0;
    if (size < at) at = 0;
    if (size > at) {
      const lines = (rest + readRange(file, at, size)).split('\n');
      rest = lines.pop() ?? '';
      at = size;
      lines.forEach(onLine);
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function readRange(file: string, from: number, to: number): string {
  const buffer = Buffer.alloc(to - from);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, buffer, 0, buffer.length, from);
  } finally {
    closeSync(handle);
  }
  return buffer.toString('utf8');
}
