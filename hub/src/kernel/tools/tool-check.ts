import { ListedTool, type ToolDefinition } from '@counterpart/schemas';
import type { z } from 'zod';
import { isMembers } from '../protocol/members.ts';

/** Characters of one item's JSON; a page of a list must hold at least a few. */
const MAX_ITEM_CHARACTERS = 512 * 1024;
const DEEPEST = 100;
const LONGEST_OWN_NAME = 128;
const CONTROL = /\p{Cc}/u;

/** Why a definition cannot be offered, in words; undefined when it can. */
export function toolProblem(tool: ToolDefinition): string | undefined {
  const { name } = tool;
  const schema: unknown = tool.inputSchema;
  if (name === '' || name.length > LONGEST_OWN_NAME || CONTROL.test(name)) {
    return 'its name is empty, too long or not text';
  }
  if (!isMembers(schema)) return 'its inputSchema is not an object';
  if (schema['type'] !== 'object')
    return `its inputSchema has type ${typeWord(schema['type'])} instead of "object"`;
  if (tool.outputSchema !== undefined && !isMembers(tool.outputSchema))
    return 'its outputSchema is not an object';
  return sizeProblem(tool) ?? shapeProblem(ListedTool, tool);
}

/** Why clients would refuse a whole list for something that is listed, in words; undefined when they would not. */
export function shapeProblem(shape: z.ZodType, value: unknown): string | undefined {
  const [issue] = shape.safeParse(value).error?.issues ?? [];
  if (!issue) return undefined;
  const where = issue.path.map(String).join('.').slice(0, LONGEST_OWN_NAME);
  return `its ${where} is not what MCP has there: ${issue.message.replace(/^Invalid input: /, '')}`;
}

/** A type as far as it is one: what stands there may be anything, of any depth. */
const typeWord = (type: unknown): string =>
  typeof type === 'string' ? JSON.stringify(type.slice(0, 40)) : type === null ? 'null' : typeof type;

/** Why something listed is too much to be offered; undefined when it is not. */
export function sizeProblem(value: unknown): string | undefined {
  // Depth first: serialising what is nested without end would exhaust the stack.
  if (deeperThan(value, DEEPEST)) return `it is nested more than ${DEEPEST} deep`;
  const { length } = JSON.stringify(value);
  return length > MAX_ITEM_CHARACTERS
    ? `it has ${length} characters; ${MAX_ITEM_CHARACTERS} are the most`
    : undefined;
}

const deeperThan = (value: unknown, left: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (left === 0 || Object.values(value).some((part) => deeperThan(part, left - 1)));
