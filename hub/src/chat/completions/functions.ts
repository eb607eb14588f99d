import type { ChatCompletionRequest, ChatMessage } from '@counterpart/schemas';
import type { ChatTool } from '../../kernel/ports.ts';
import { wrongField } from '../request/read-body.ts';
import type { AskedChoice } from '../request/tool-choice.ts';
import type { CallThread } from './call-ids.ts';
import { choiceOf, compact, type ToolMessage, toTools } from './request.ts';

// Until November 2023 programs gave `functions` and were answered with one `function_call`, which has no id. All of that shape
// is known here and where answers are written; in between there are tools and their calls.

type Functions = Pick<ChatCompletionRequest, 'functions' | 'function_call' | 'tools' | 'tool_choice'>;

interface AskedTools {
  readonly tools: readonly ChatTool[];
  readonly choice: AskedChoice | undefined;
  /** The answer is to have the shape of functions. */
  readonly asFunctions: boolean;
}

/** The caller's own tools, in either shape. Throws FIELD_INVALID where both are mixed. */
export function askedTools(request: Functions): AskedTools {
  const { functions, function_call: choice, tools, tool_choice: toolChoice } = request;
  if (functions == null) {
    if (choice != null)
      throw wrongField('function_call', 'it chooses among `functions`; among `tools` `tool_choice` does');
    return { tools: toTools(tools), choice: choiceOf(toolChoice), asFunctions: false };
  }
  if (tools != null && tools.length > 0)
    throw wrongField('functions', 'a request has either it or `tools`, which took its place');
  if (toolChoice != null)
    throw wrongField('tool_choice', 'it chooses among `tools`; among `functions` `function_call` does');
  const name = choice == null || typeof choice === 'string' ? undefined : choice.name;
  if (name !== undefined && functions.every((one) => one.name !== name))
    throw wrongField('function_call.name', 'it has to be the name of one of `functions`');
  return {
    tools: functions.map((one) => ({
      name: one.name,
      parameters: one.parameters ?? { type: 'object', properties: {} },
      ...compact({ description: one.description }),
    })),
    choice: functionChoice(choice),
    asFunctions: true,
  };
}

function functionChoice(choice: Functions['function_call']): AskedChoice | undefined {
  if (choice == null) return undefined;
  if (typeof choice === 'string') return { mode: choice };
  return { mode: 'required', names: [{ name: choice.name, field: 'function_call.name' }], isForced: true };
}

/** Whether calls of functions, which have no ids, stand in it or may come of it. */
export const hasFunctions = ({ functions, messages }: ChatCompletionRequest): boolean =>
  functions != null || messages.some((one) => one.role === 'assistant' && one.function_call != null);

/**
 * The same messages with calls of tools in the place of calls of functions, by the ids that the thread knows. Throws
 * FIELD_INVALID for an answer of a function that was not called, and for a call without its answer.
 */
export function toToolMessages(
  messages: readonly ChatMessage[],
  thread: Pick<CallThread, 'heard'> | undefined,
): ToolMessage[] {
  let open: { readonly id: string; readonly name: string; readonly at: number } | undefined;
  return messages.map((message, n): ToolMessage => {
    const waiting = open;
    open = undefined;
    if (message.role === 'function') {
      if (waiting?.name !== message.name)
        throw wrongField(
          `messages[${n}].name`,
          'it has to be the name of the function that the message before it calls',
        );
      thread?.heard(message);
      return { role: 'tool', tool_call_id: waiting.id, content: message.content ?? '' };
    }
    if (waiting !== undefined) throw unanswered(waiting.at);
    const id = thread?.heard(message);
    if (message.role !== 'assistant' || message.function_call == null || id === undefined) return message;
    const { function_call: called, ...said } = message;
    if (message.tool_calls != null && message.tool_calls.length > 0)
      throw wrongField(`messages[${n}].function_call`, 'a message has either it or `tool_calls`');
    if (n === messages.length - 1) throw unanswered(n);
    open = { id, name: called.name, at: n };
    return { ...said, tool_calls: [{ id, function: called }] };
  });
}

const unanswered = (at: number) =>
  wrongField(
    `messages[${at}].function_call`,
    'it is not followed by a message of role "function" with its answer',
  );
