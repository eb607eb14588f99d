import type { Effect, ToolDefinition } from '@counterpart/schemas';
import { hubTools } from '../../kernel/hub-tools.ts';

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

/** The hub's own tools, as they are listed: hints are honest, so that a client may approve reading by itself. */
export const HUB_TOOLS: readonly ToolDefinition[] = [
  {
    name: hubTools.find,
    title: 'Find tools',
    description:
      'Searches all tools here by what they do, their names and parameters. Answers with a line for each, best first: name, effect (read, write or destructive) and what it does. Say the thing and what is to happen to it, such as "cancel a subscription"; other words may find more.',
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', description: 'What the tool is to do, in a few words.' },
        limit: { type: 'integer', minimum: 1, maximum: MOST_HITS, default: DEFAULT_HITS },
      },
      required: ['query'],
    },
    annotations: own,
  },
  {
    name: hubTools.describe,
    title: 'Describe a tool',
    description: 'Shows the whole definition of one tool: what it does, its arguments, and how to call it.',
    inputSchema: { type: 'object', properties: { name: NAME }, required: ['name'] },
    annotations: own,
  },
  callTool('read'),
  callTool('write'),
  callTool('destructive'),
];

/** For the instructions of an endpoint that lists only these tools. */
export const searchHint = (toolCount: number, servers: Iterable<string>): string =>
  `${toolCount} tools can be used here; most are not listed. Find them with ${hubTools.find}, read one with ${hubTools.describe}, then call it with ${hubTools.call.read}, ${hubTools.call.write} or ${hubTools.call.destructive}, as its effect says. Servers: ${[...servers].slice(0, 100).join(', ')}.`;
