import { join } from 'node:path';
import { ToolDefinition, type ApprovalSheet } from '@counterpart/schemas';
import { z } from 'zod';
import { readJson } from '../../builder/installed.ts';
import { safeCalls } from '../../builder/verify/safe-calls.ts';
import type { LoopRun } from '../room.ts';

const MOST_CALLS = 3;
const SHOWN = 200;

/**
 * Calls what only reads, with no argument or a declared example, and the real service behind it: the first sign of whether key
 * and address are right. Nothing else is called: a person's data is nobody's test.
 */
export async function probeServer(run: LoopRun, { server, tools }: ApprovalSheet): Promise<string[]> {
  const definitions = z.array(ToolDefinition).parse(await readJson(join(run.folder.candidate, 'tools.json')));
  const effects = new Map(tools.map(({ name, effect }) => [name, effect]));
  const outcomes: string[] = [];
  for (const { tool, input } of safeCalls(definitions, (name) => effects.get(name)).slice(0, MOST_CALLS)) {
    run.signal.throwIfAborted();
    const { isError, text } = await run.room.callTool({ server, tool, input: { ...input } }, run.signal);
    const shown = isError ? `failed: ${run.room.clean(text).slice(0, SHOWN)}` : 'answered';
    outcomes.push(`${tool} ${shown}`);
  }
  return outcomes;
}
