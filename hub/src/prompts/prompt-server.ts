import { JsonValue, hubError, type PromptMessage } from '@counterpart/schemas';
import { z } from 'zod';
import type { JsonMembers } from '../kernel/ports.ts';
import type { ToolServer } from '../kernel/tools/tool-server.ts';
import type { Prompts } from './prompts.ts';
import { isRequired } from './render.ts';
import type { ReadTemplate } from './read-template.ts';

/** Name of the server that templates stand under: `prompts__summarise`. */
const PROMPTS_ID = 'prompts';

/** Values that are offered at once (MCP 2026-07-28, server/utilities/completion). */
const MOST_VALUES = 100;

const GetParams = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), JsonValue).default({}),
});
const CompleteParams = z.looseObject({
  ref: z.looseObject({ name: z.string() }),
  argument: z.looseObject({ name: z.string(), value: z.string() }),
});

/** Templates as prompts of an MCP server; those that cannot be used are left out. */
export function promptServer(prompts: Prompts, templates: readonly ReadTemplate[]): ToolServer {
  return {
    id: PROMPTS_ID,
    tools: [],
    prompts: {
      list: templates.map(toListed).filter((listed) => listed !== undefined),
      async get(params) {
        const { name, arguments: given } = parsed(GetParams, params, 'prompts/get');
        const { messages } = await prompts.render(name, given);
        const { template } = await prompts.template(name);
        const description = template.description === undefined ? {} : { description: template.description };
        return { ...description, messages: messages.map(toMessage) };
      },
      async complete(params) {
        const { ref, argument } = parsed(CompleteParams, params, 'completion/complete');
        const { template } = await prompts.template(ref.name);
        const { enum: choices = [] } = template.arguments[argument.name] ?? {};
        const begun = argument.value.toLowerCase();
        const values = choices.filter((choice) => choice.toLowerCase().startsWith(begun));
        return {
          completion: {
            values: values.slice(0, MOST_VALUES),
            total: values.length,
            hasMore: values.length > MOST_VALUES,
          },
        };
      },
    },
    run: ({ name }) => Promise.reject(hubError('TOOL_UNKNOWN', { tool: name, suggestion: '' })),
  };
}

function parsed<T>(schema: z.ZodType<T>, params: JsonMembers, subject: string): T {
  const read = schema.safeParse(params);
  if (read.success) return read.data;
  throw hubError('INPUT_INVALID', { subject, detail: z.prettifyError(read.error) });
}

function toListed({ name, template }: ReadTemplate): JsonMembers | undefined {
  if (template === undefined) return undefined;
  const { title, description } = template;
  return {
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    arguments: Object.entries(template.arguments).map(([argument, known]) => ({
      name: argument,
      ...(known.description === undefined ? {} : { description: known.description }),
      required: isRequired(known),
    })),
  };
}

/** The protocol knows no system messages: the user says them. */
const toMessage = ({ role, content }: PromptMessage): JsonMembers => ({
  role: role === 'assistant' ? 'assistant' : 'user',
  content: { type: 'text', text: content },
});
