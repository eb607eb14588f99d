import type { Effect, ToolDefinition } from '@counterpart/schemas';
import { defaultCodeLimits } from '../../code/limits.ts';
import { hubTools } from '../../kernel/tools/hub-tools.ts';
import type { CatalogView } from '../../kernel/ports.ts';

/** Hits of one search, when the model names no number. */
export const DEFAULT_HITS = 10;
export const MOST_HITS = 25;

const NAME = { type: 'string', description: 'Name of the tool, as find_tools gave it.' };

const TITLES: Readonly<Record<Effect, string>> = {
  read: 'Call a tool that only reads',
  write: 'Call a tool that adds or changes',
  destructive: 'Call a tool that may delete or overwrite',
};

const SCOPES: Readonly<Record<Effect, string>> = {
  read: 'whose effect is "read"; others are refused',
  write: 'whose effect is "write" or "read"; destructive ones are refused',
  destructive: 'of any effect, those included that delete or overwrite',
};

const RUN_OUTPUT = {
  type: 'object' as const,
  properties: {
    value: { description: 'What the code returned.' },
    error: {
      type: 'object',
      properties: { message: { type: 'string' }, line: { type: 'integer' } },
      required: ['message'],
    },
    logs: { type: 'array', items: { type: 'string' } },
    calls: {
      type: 'array',
      items: {
        type: 'object',
        properties: { tool: { type: 'string' }, outcome: { type: 'string' }, ms: { type: 'number' } },
      },
    },
    cut: { type: 'boolean', description: 'The text holds the first part only.' },
  },
  required: ['calls'],
};

const own = { idempotentHint: true, openWorldHint: false, destructiveHint: false, readOnlyHint: true };

const callTool = (effect: Effect): ToolDefinition => ({
  name: hubTools.call[effect],
  title: TITLES[effect],
  description: `Calls a tool ${SCOPES[effect]}. find_tools finds tools and their effects, describe_tool shows what arguments one takes.`,
  inputSchema: {
    type: 'object',
    properties: {
      name: NAME,
      arguments: { type: 'object', description: "The tool's own arguments, as its inputSchema says." },
    },
    required: ['name'],
  },
  annotations: {
    readOnlyHint: effect === 'read',
    destructiveHint: effect === 'destructive',
    idempotentHint: effect === 'read',
    openWorldHint: true,
  },
});

const FIND_QUERY = {
  query: {
    type: 'string',
    description:
      'What the tool is to do, in a few words, in the language that tools are described in: mostly English.',
  },
};
const SAY_IT =
  'Say the thing and what is to happen to it, such as "cancel a subscription"; other words may find more.';

const find = (answer: string, hits: number): ToolDefinition => ({
  name: hubTools.find,
  title: 'Find tools',
  description: `Searches all tools here by what they do, their names and parameters. Answers with ${answer}. ${SAY_IT}`,
  inputSchema: {
    type: 'object',
    properties: {
      ...FIND_QUERY,
      limit: { type: 'integer', minimum: 1, maximum: MOST_HITS, default: hits },
    },
    required: ['query'],
  },
  annotations: own,
});

const describe = (description: string): ToolDefinition => ({
  name: hubTools.describe,
  title: 'Describe a tool',
  description,
  inputSchema: { type: 'object', properties: { name: NAME }, required: ['name'] },
  annotations: own,
});

const SEARCH_TOOLS: readonly ToolDefinition[] = [
  find(
    'a line for each, best first: name, effect (read, write or destructive) and what it does',
    DEFAULT_HITS,
  ),
  describe('Shows the whole definition of one tool: what it does, its arguments, and how to call it.'),
  callTool('read'),
  callTool('write'),
  callTool('destructive'),
];

const { calls, ownMs } = defaultCodeLimits;

/** What code may do is what its tools may do. */
const runCode = (onlyReads: boolean): ToolDefinition => ({
  name: hubTools.run,
  title: 'Run code that calls tools',
  description: `Runs JavaScript that calls tools, and answers with what it returns. The code is the body of an async function: await servers.<server>.<tool>({...}) with one object of arguments, as ${hubTools.find} declares it, and return what is wanted of the results. Calls can run at once (Promise.all); a call that fails throws. console.log is kept. There is no network, no file, no timer and no module; at most ${calls} calls a run.`,
  inputSchema: {
    type: 'object',
    properties: {
      code: {
        type: 'string',
        description: 'For example: const { items } = await servers.shop.list_items({}); return items.length;',
      },
      timeoutMs: {
        type: 'integer',
        minimum: 100,
        maximum: ownMs,
        default: ownMs,
        description: 'How long the code itself may compute; waiting for tools is not counted.',
      },
    },
    required: ['code'],
  },
  outputSchema: RUN_OUTPUT,
  annotations: {
    readOnlyHint: onlyReads,
    destructiveHint: !onlyReads,
    idempotentHint: false,
    openWorldHint: true,
  },
});

const READ_RESULT: ToolDefinition = {
  name: hubTools.readResult,
  title: 'Read on in a result',
  description:
    'Reads what was left out of a result that was too long. Without a query: the text from offset on. With a query: the lines that hold these words; or, for JSON, the value at a pointer such as /items/3.',
  inputSchema: {
    type: 'object',
    properties: {
      id: { type: 'string', description: 'As the result that was cut names it.' },
      offset: { type: 'integer', minimum: 0, default: 0, description: 'Where to read on, in characters.' },
      query: { type: 'string', description: 'Words to find, or a JSON pointer that begins with "/".' },
    },
    required: ['id'],
  },
  annotations: own,
};

const CODE_FINDERS: readonly ToolDefinition[] = [
  find('TypeScript declarations, best first: what code is to call, and what it gets', 8),
  describe(
    'Shows all that is known of one tool as a TypeScript declaration: what it does, and each of its arguments.',
  ),
];

const made = new WeakMap<CatalogView, readonly ToolDefinition[]>();

/** The hub's own tools of a view, as they are listed: hints are honest, so that a client may approve reading by itself. */
export function ownTools(view: CatalogView): readonly ToolDefinition[] {
  const before = made.get(view);
  if (before) return before;
  const all = [...SEARCH_TOOLS, ...CODE_FINDERS, runCode(onlyReads(view)), READ_RESULT];
  const byMode = view.presentation?.mode === 'code' ? all.toReversed() : all;
  const names = view.presentation?.ownTools ?? [];
  const tools = [...names].flatMap((name) => byMode.find((tool) => tool.name === name) ?? []);
  made.set(view, tools);
  return tools;
}

const onlyReads = (view: CatalogView): boolean =>
  view.searchable !== undefined && [...view.searchable.values()].every(({ effect }) => effect === 'read');

/** For the instructions of a view that has tools of the hub's own; undefined for any other. */
export function ownHint({ presentation, toolCount, upstreams }: CatalogView): string | undefined {
  if (!presentation || presentation.mode === 'full') return undefined;
  const how =
    presentation.mode === 'code'
      ? `Find them with ${hubTools.find}, read one with ${hubTools.describe}, then call them from JavaScript with ${hubTools.run}.`
      : `Find them with ${hubTools.find}, read one with ${hubTools.describe}, then call it with ${hubTools.call.read}, ${hubTools.call.write} or ${hubTools.call.destructive}, as its effect says.`;
  return `${toolCount} tools can be used here; most are not listed. ${how} Servers: ${[...upstreams.keys()].slice(0, 100).join(', ')}.`;
}
