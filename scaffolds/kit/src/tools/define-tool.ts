import type { Effect, Json, ToolDefinition } from '@counterpart/schemas';
import type { z } from 'zod';
import { isMembers } from '../json-value.ts';
import type { Arguments, CallResult, Tool, ToolContext } from './tool.ts';
import { errorResult } from './tool.ts';
import { describeFound } from '../validate/found.ts';

export interface ToolSpec<Input extends z.ZodObject, Output extends z.ZodObject> {
  /** `verb_noun`, legal for every client: `^[a-zA-Z0-9_-]{1,64}$`. */
  readonly name: string;
  readonly title?: string;
  /** What it does, when to use it, units and limits. */
  readonly description: string;
  readonly effect: Effect;
  /** Default: true for reads. */
  readonly idempotent?: boolean;
  readonly input: Input;
  readonly output: Output;
  readonly examples?: readonly z.input<Input>[];
  run(input: z.output<Input>, context: ToolContext): Promise<z.input<Output>> | z.input<Output>;
}

const LEGAL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

function objectSchema(schema: z.ZodObject, io: 'input' | 'output'): ToolDefinition['inputSchema'] {
  const { $schema: _dialect, ...json } = schema.toJSONSchema({ io, target: 'draft-2020-12' });
  return { ...json, type: 'object' };
}

function definitionOf<I extends z.ZodObject, O extends z.ZodObject>(spec: ToolSpec<I, O>): ToolDefinition {
  const input = objectSchema(spec.input, 'input');
  return {
    name: spec.name,
    ...(spec.title === undefined ? {} : { title: spec.title }),
    description: spec.description,
    inputSchema: spec.examples ? { ...input, examples: [...spec.examples] } : input,
    outputSchema: objectSchema(spec.output, 'output'),
    annotations: {
      ...(spec.title === undefined ? {} : { title: spec.title }),
      readOnlyHint: spec.effect === 'read',
      destructiveHint: spec.effect === 'destructive',
      idempotentHint: spec.idempotent ?? spec.effect === 'read',
      openWorldHint: true,
    },
  };
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let current = root;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}

function issueText(issue: z.core.$ZodIssue, args: Arguments): string {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${path === '' ? '' : `${path}.`}${key}: unknown argument`).join('\n');
  return `${path === '' ? '(arguments)' : path}: ${issue.message}, found ${describeFound(valueAt(args, issue.path))}`;
}

/** Arguments that no property takes, unless the schema says that others are welcome: zod would drop them in silence. */
function unknownArguments({ inputSchema }: ToolDefinition, args: Arguments): string[] {
  const rest = inputSchema['additionalProperties'];
  if (rest !== undefined && rest !== false) return [];
  const known = isMembers(inputSchema['properties']) ? Object.keys(inputSchema['properties']) : [];
  return Object.keys(args)
    .filter((key) => !known.includes(key))
    .map(
      (key) =>
        `${key}: unknown argument; ${known.length === 0 ? 'this tool takes none' : `this tool takes ${known.join(', ')}`}`,
    );
}

/**
 * A hand-written tool. Its input is validated before `run` and never coerced beyond what the schema says; its output is
 * validated too, and a value that does not fit is a bug of the tool, not of the caller.
 */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(spec: ToolSpec<I, O>): Tool {
  if (!LEGAL_NAME.test(spec.name))
    throw new TypeError(`a tool's name must fit ${LEGAL_NAME.source}, found ${JSON.stringify(spec.name)}`);
  const definition = definitionOf(spec);
  return {
    definition,
    async call(args: Arguments, context: ToolContext): Promise<CallResult> {
      const input = spec.input.safeParse(args);
      const problems = unknownArguments(definition, args);
      if (!input.success || problems.length > 0) {
        const issues = (input.error?.issues ?? []).filter(
          ({ code, path }) => code !== 'unrecognized_keys' || path.length > 0,
        );
        const lines = [...problems, ...issues.map((issue) => issueText(issue, args))];
        return errorResult(`Invalid arguments for ${spec.name}:\n${lines.join('\n')}`);
      }
      const output = spec.output.parse(await spec.run(input.data, context));
      // Going through JSON drops what a client could not receive: undefined members, dates as objects.
      const text = JSON.stringify(output);
      return {
        content: [{ type: 'text', text }],
        structuredContent: JSON.parse(text) as { [key: string]: Json },
      };
    },
  };
}
