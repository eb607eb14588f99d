import type { ChatCompletionRequest, ChatMessage } from '@counterpart/schemas';
import type { ChatItem, ChatPart, ChatTool, GenerationSettings } from '../../kernel/ports.ts';
import { wrongField } from '../request/read-body.ts';
import type { AskedChoice } from '../request/tool-choice.ts';

/** Without those of functions, in whose place calls of tools stand by then. */
export type ToolMessage = Exclude<ChatMessage, { readonly role: 'function' }>;

type Parts = readonly ChatPart[];
const part = (text: string): ChatPart => ({ type: 'text', text });

/**
 * Messages as items of a conversation. Throws FIELD_INVALID for an answer of a tool that nobody called, and for a call that
 * nobody answered: providers refuse both.
 */
export function toItems(messages: readonly ToolMessage[]): ChatItem[] {
  const open = new Map<string, number>();
  return messages.flatMap((message, n): ChatItem[] => {
    const [waiting] = open.entries();
    if (message.role !== 'tool' && waiting !== undefined)
      throw wrongField(
        `messages[${waiting[1]}].tool_calls`,
        `the call ${waiting[0]} is not followed by a message of role "tool" that answers it`,
      );
    if (message.role !== 'tool') {
      const items = itemsOf(message);
      for (const item of items) if (item.type === 'function_call') open.set(item.callId, n);
      return items;
    }
    if (!open.delete(message.tool_call_id))
      throw wrongField(
        `messages[${n}].tool_call_id`,
        'it has to be the id of a call of the assistant’s message before it',
      );
    const output = partsOf(message.content).map((one) => (one.type === 'text' ? one.text : ''));
    return [{ type: 'function_call_output', callId: message.tool_call_id, output: output.join('') }];
  });
}

function itemsOf(message: Exclude<ToolMessage, { role: 'tool' }>): ChatItem[] {
  const { role } = message;
  if (role !== 'assistant') return [{ type: 'message', role, content: partsOf(message.content) }];
  const content = [
    ...partsOf(message.content ?? []),
    ...(message.refusal ? [part(message.refusal)] : []),
  ].filter((one) => one.type !== 'text' || one.text !== '');
  return [
    ...(content.length === 0 ? [] : [{ type: 'message' as const, role, content }]),
    ...(message.tool_calls ?? []).map(({ id, function: { name, arguments: given } }): ChatItem => ({
      type: 'function_call',
      callId: id,
      name,
      arguments: given,
    })),
  ];
}

type Content = NonNullable<ChatMessage['content']>;

function partsOf(content: Content): Parts {
  if (typeof content === 'string') return [part(content)];
  return content.map((one): ChatPart => {
    if (one.type === 'text') return part(one.text);
    if (one.type === 'refusal') return part(one.refusal);
    if (one.type === 'file') return filePart(one.file);
    const { url, detail } = one.image_url;
    return { type: 'image', url, ...(detail == null ? {} : { detail }) };
  });
}

interface SentFile {
  readonly file_data: string;
  readonly filename?: string | null | undefined;
}

/** A file as conversations hold it. */
export const filePart = ({ file_data: data, filename }: SentFile): ChatPart => ({
  type: 'file',
  data,
  ...(filename == null ? {} : { filename }),
});

/** The caller's own tools. */
export const toTools = (tools: ChatCompletionRequest['tools']): ChatTool[] =>
  (tools ?? []).map(({ function: { name, description, parameters, strict } }) => ({
    name,
    ...(description == null ? {} : { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    ...(strict == null ? {} : { strict }),
  }));

/** Which of the tools may or have to be called; undefined: nothing is said. */
export function choiceOf(choice: ChatCompletionRequest['tool_choice']): AskedChoice | undefined {
  if (choice == null) return undefined;
  if (typeof choice === 'string') return { mode: choice };
  if (choice.type === 'function') {
    const { name } = choice.function;
    return { mode: 'required', names: [{ name, field: 'tool_choice.function.name' }], isForced: true };
  }
  const { mode, tools } = choice.allowed_tools;
  const names = tools.map(({ function: { name } }, n) => ({
    name,
    field: `tool_choice.allowed_tools.tools[${n}].function.name`,
  }));
  return { mode, names };
}

/** How the model should answer; which tools it may call is said by `choiceOf`. */
export function toSettings(request: ChatCompletionRequest): GenerationSettings {
  const { stop } = request;
  return compact<GenerationSettings>({
    temperature: request.temperature,
    topP: request.top_p,
    presencePenalty: request.presence_penalty,
    frequencyPenalty: request.frequency_penalty,
    maxTokens: request.max_completion_tokens ?? request.max_tokens,
    stop: typeof stop === 'string' ? [stop] : stop,
    seed: request.seed,
    reasoningEffort: request.reasoning_effort,
    verbosity: request.verbosity,
    parallelToolCalls: request.parallel_tool_calls,
    format: formatOf(request.response_format),
  });
}

function formatOf(format: ChatCompletionRequest['response_format']): GenerationSettings['format'] {
  if (format == null) return undefined;
  if (format.type !== 'json_schema') return { type: format.type };
  const { name, schema, strict } = format.json_schema;
  return { type: 'json_schema', name, schema, ...(strict == null ? {} : { strict }) };
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** Without the members that say nothing. */
export function compact<T extends object>(members: Loose<T>): Partial<T> {
  const told = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(told) as Partial<T>; // The same members, fewer of them.
}
