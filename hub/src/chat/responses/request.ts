import type { ResponsesRequest } from '@counterpart/schemas';
import type { ChatItem, ChatTool, GenerationSettings } from '../../kernel/ports.ts';
import { lastAnswer, withoutPastedCredentials } from '../../orchestrator/understanding/credentials/pasted.ts';
import { compact } from '../completions/request.ts';
import type { ChatParts } from '../parts.ts';
import { wrongField } from '../request/read-body.ts';
import type { AskedChoice } from '../request/tool-choice.ts';
import { toItems, wordIn } from './items.ts';

/** What a request says and what was said before it. */
export interface AskedItems {
  /** The request's own. */
  readonly input: readonly ChatItem[];
  /** What was said before. */
  readonly before: readonly ChatItem[];
  /** What the model is told. */
  readonly all: readonly ChatItem[];
  readonly conversation?: string | undefined;
}

/**
 * Puts the input after what came before: the answers that `previous_response_id` leads through, or the conversation.
 * Throws FIELD_INVALID, RESPONSE_UNKNOWN or CONVERSATION_UNKNOWN.
 */
export async function gatherItems(
  { conversations, responses }: Pick<ChatParts, 'conversations' | 'responses'>,
  request: ResponsesRequest,
  mayBeEmpty: boolean,
): Promise<AskedItems> {
  const { previous_response_id: previous, instructions } = request;
  const conversation = conversationOf(request);
  if (previous != null && conversation !== undefined)
    throw wrongField('conversation', 'a request goes on either from it or from `previous_response_id`');
  const before =
    previous != null
      ? await responses.history(previous)
      : conversation === undefined
        ? []
        : await conversations.context(conversation);
  const input = withoutPastedCredentials(toItems(request.input), lastAnswer(before));
  if (!mayBeEmpty && before.length + input.length === 0 && wordIn(request.input) === undefined)
    throw wrongField('input', 'there is nothing to answer');
  assertPairs([...before, ...input]);
  const told: readonly ChatItem[] =
    instructions == null || instructions === ''
      ? []
      : [{ type: 'message', role: 'system', content: [{ type: 'text', text: instructions }] }];
  return { input, before, all: [...told, ...before, ...input], conversation };
}

function conversationOf({ conversation, counterpart }: ResponsesRequest): string | undefined {
  if (conversation == null) return counterpart?.conversation;
  return typeof conversation === 'string' ? conversation : conversation.id;
}

/** Providers refuse an output without its call, and a call without its output. */
function assertPairs(items: readonly ChatItem[]): void {
  const open = new Set<string>();
  for (const item of items) {
    if (item.type === 'function_call') open.add(item.callId);
    if (item.type === 'function_call_output' && !open.delete(item.callId))
      throw wrongField('input', `no call ${item.callId.slice(0, 100)} stands before its output`);
  }
  const [left] = open;
  if (left !== undefined) throw wrongField('input', `the call ${left.slice(0, 100)} has no output`);
}

/** The caller's own tools. */
export const toTools = (tools: ResponsesRequest['tools']): ChatTool[] =>
  (tools ?? []).map(({ name, description, parameters, strict }) => ({
    name,
    ...(description == null ? {} : { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    ...(strict == null ? {} : { strict }),
  }));

/** Which of the tools may or have to be called; undefined: nothing is said. */
export function choiceOf(choice: ResponsesRequest['tool_choice']): AskedChoice | undefined {
  if (choice == null) return undefined;
  if (typeof choice === 'string') return { mode: choice };
  if (choice.type === 'function')
    return { mode: 'required', names: [{ name: choice.name, field: 'tool_choice.name' }], isForced: true };
  const names = choice.tools.map(({ name }, n) => ({ name, field: `tool_choice.tools[${n}].name` }));
  return { mode: choice.mode, names };
}

/** How the model should answer; which tools it may call is said by `choiceOf`. */
export function toSettings(request: ResponsesRequest): GenerationSettings {
  return compact<GenerationSettings>({
    temperature: request.temperature,
    topP: request.top_p,
    presencePenalty: request.presence_penalty,
    frequencyPenalty: request.frequency_penalty,
    maxTokens: request.max_output_tokens,
    reasoningEffort: request.reasoning?.effort,
    verbosity: request.text?.verbosity,
    parallelToolCalls: request.parallel_tool_calls,
    format: formatOf(request.text?.format),
  });
}

function formatOf(format: NonNullable<ResponsesRequest['text']>['format']): GenerationSettings['format'] {
  if (format == null) return undefined;
  if (format.type !== 'json_schema') return { type: format.type };
  const { name, schema, strict } = format;
  return { type: 'json_schema', name, schema, ...(strict == null ? {} : { strict }) };
}
