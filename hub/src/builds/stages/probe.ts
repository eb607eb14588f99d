import { join } from 'node:path';
import { ToolDefinition, type ApprovalSheet } from '@counterpart/schemas';
import { z } from 'zod';
import { readJson } from '../../builder/installed.ts';
import type { LoopRun } from '../room.ts';

const MOST_CALLS = 3;
const SHOWN = 200;
const Input = z.looseObject({ required: z.array(z.string()).default([]) });

/**
 * Calls what only reads and needs no argument, with the real service behind it: the first sign of whether key and address
 * are right. Nothing else is called: a person's data is nobody's test.
 */
export async function probeServer(run: LoopRun, { server, tools }: ApprovalSheet): Promise<string[]> {
  const definitions = z.array(ToolDefinition).parse(await readJson(join(run.folder.candidate, 'tools.json')));
  const reading = new Set(tools.filter(({ effect }) => effect === 'read').map(({ name }) => name));
  const safe = definitions.filter(
    ({ name, inputSchema }) => reading.has(name) && Input.parse(inputSchema).required.length === 0,
  );
  const outcomes: string[] = [];
  for (const { name } of safe.slice(0, MOST_CALLS)) {
    run.signal.throwIfAborted();
    const { isError, text } = await run.room.callTool({ server, tool: name, input: {} }, run.signal);
    const shown = isError ? `failed: ${run.room.clean(text).slice(0, SHOWN)}` : 'answered';
    outcomes.push(`${name} ${shown}`);
  }
  return outcomes;
}
