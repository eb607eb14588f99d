import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { text as readStream } from 'node:stream/consumers';
import { errorCatalogue, hubError, type ToolEntry } from '@counterpart/schemas';
import { z } from 'zod';
import { parseWholeArguments, parseWordArguments } from '../../input/call-arguments.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { LEARN_MS, untilLearned } from '../../running/learned.ts';
import { findTool, withheldTool } from '../../names.ts';
import { harmlessMembers } from '../../output/text/harmless.ts';
import { renderResult } from '../../output/result.ts';
import { withHub } from '../../running/with-hub.ts';

/** The tool answered that it failed: the hub and the server are well. */
const TOOL_FAILED_EXIT = errorCatalogue.UPSTREAM_LOST.exit;

export const call = defineCommand({
  name: 'call',
  group: 'servers',
  summary: 'Call a tool',
  description:
    'Calls a tool and prints its structured result; --json prints the result as the server gave it. Words are typed by the tool’s schema: numbers, true and false, lists (repeat the key, or use commas), members of members (body.name=x), JSON. Exits 6 when the tool says that it failed.',
  arguments: [
    ['<tool>', 'Its name in the hub, such as weather__get_forecast'],
    ['[words...]', 'key=value for each argument'],
  ],
  options: [
    ['-a, --args <json>', 'All arguments as JSON: the text, @file, or - for standard input'],
    ['--timeout <seconds>', 'Give up after this long'],
  ],
  examples: [
    ['hub call weather__get_forecast city=Oslo', 'one argument'],
    ['hub call shop__create_order body.customer.id=7 "body.note=By hand"', 'members of the body'],
    [`hub call shop__search --args '{"tags":["a","b"]}' --json`, 'JSON in, JSON out'],
  ],
  input: z.object({
    tool: z.string(),
    words: z.array(z.string()).default([]),
    args: z.string().optional(),
    timeout: z.coerce.number().positive().optional(),
  }),
  async run(context, { tool: name, words, args, timeout }) {
    const base = args === undefined ? {} : parseWholeArguments(await readArguments(args, context));
    const result = await context.working(`calling ${name}`, () =>
      withHub(context, async (hub) => {
        const known = await hub.tools();
        const tool =
          known.find((each) => each.name === name) ?? (await findNewTool(hub, name, context.signal));
        return hub.call({
          tool: tool.name,
          arguments: parseWordArguments(words, tool.definition.inputSchema, base),
          ...(timeout === undefined ? {} : { timeoutMs: Math.ceil(timeout * 1000) }),
        });
      }),
    );
    const failed = result.isError === true;
    if (failed && !context.json) context.note(`✗ ${name} answered that it failed:`);
    // A file or a program gets every character as it came; a terminal would obey some of them.
    const isTerminal = Number.isFinite(context.io.width);
    context.quote(result, () => renderResult(isTerminal ? harmlessMembers(result) : result, context.paint));
    return failed ? TOOL_FAILED_EXIT : 0;
  },
});

/** A tool that is not listed may belong to a server that is only just being asked. */
async function findNewTool(hub: HubApi, name: string, signal: AbortSignal): Promise<ToolEntry> {
  await untilLearned(hub, LEARN_MS, signal);
  const tools = await hub.tools();
  const status = await hub.status();
  const withheld = withheldTool(status, name);
  if (withheld) throw withheld;
  const { servers, problems } = status;
  const own = servers.find(({ prefix }) => name.startsWith(`${prefix}__`));
  const broken = problems.find(({ server }) => name.startsWith(`${server}__`));
  const reason =
    own?.enabled === false
      ? `${own.id} is disabled; \`hub enable ${own.id}\` serves it again`
      : ((own?.listed === false ? own.problem : undefined) ?? broken?.detail);
  if (reason !== undefined) throw hubError('TOOL_UNKNOWN', { tool: name, suggestion: `. ${reason}` });
  return findTool(tools, name);
}

async function readArguments(given: string, { io, signal }: Context): Promise<string> {
  if (given === '-') return readStream(addAbortSignal(signal, io.stdin));
  if (!given.startsWith('@')) return given;
  const file = resolve(io.cwd, given.slice(1));
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('INPUT_INVALID', { subject: '--args', detail }, { cause });
  }
}
