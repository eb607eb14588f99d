import { createHash } from 'node:crypto';
import type { ChatItem, ChatPart, JsonMembers } from '../../../kernel/ports.ts';
import type { Dialect } from './dialects.ts';
import { toFilePart } from './files.ts';

/** A message of `/chat/completions`. */
export interface WireMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly JsonMembers[] | null;
  readonly tool_calls?: readonly JsonMembers[] | undefined;
  readonly tool_call_id?: string | undefined;
}

/** What messages are written for. */
export interface Listener {
  readonly dialect: Dialect;
  readonly takesTools: boolean;
  /** What the provider gave along with a call and wants to see again; absent: nothing. */
  readonly keptOf?: ((callId: string) => JsonMembers | undefined) | undefined;
}

type Call = Extract<ChatItem, { type: 'function_call' }>;

/**
 * A conversation as messages that this provider takes, whoever answered before: calls with their outputs right after them, also
 * where an output is missing or something was said between; ids and roles in the dialect's form. Thoughts are left out.
 */
export function toMessages(items: readonly ChatItem[], listener: Listener): WireMessage[] {
  const { dialect } = listener;
  const isTalk = !dialect.tools || !listener.takesTools;
  const messages = isTalk ? items.flatMap((item) => toTalk(item, dialect)) : withCalls(items, listener);
  const named = dialect.developerRole ? messages : messages.map(asSystem);
  return dialect.strictTurns ? inTurns(named) : named;
}

/** Words about a tool, for models that know none. */
function toTalk(item: ChatItem, dialect: Dialect): WireMessage[] {
  switch (item.type) {
    case 'message':
      return [{ role: item.role, content: contentOf(item.content, dialect) }];
    case 'function_call':
      return [{ role: 'assistant', content: `[Called ${item.name} with ${item.arguments}]` }];
    case 'function_call_output':
      return [{ role: 'user', content: `[It gave: ${item.output}]` }];
    case 'reasoning':
      return [];
  }
}

function withCalls(items: readonly ChatItem[], listener: Listener): WireMessage[] {
  // Some clients and providers use an id again: the first output is of the first call under it.
  const outputs = new Map<string, string[]>();
  for (const item of items)
    if (item.type === 'function_call_output')
      outputs.set(item.callId, [...(outputs.get(item.callId) ?? []), item.output]);
  const called = new Set(items.flatMap((item) => (item.type === 'function_call' ? [item.callId] : [])));
  const messages: WireMessage[] = [];
  let calls: Call[] = [];
  const flush = (): void => {
    if (calls.length === 0) return;
    const outputOf = (callId: string): string => outputs.get(callId)?.shift() ?? NO_OUTPUT;
    messages.push(...callMessages(calls, takeText(messages), { outputOf, listener }));
    calls = [];
  };
  for (const item of items) {
    if (item.type === 'function_call') calls.push(item);
    else if (item.type === 'message') {
      flush();
      messages.push({ role: item.role, content: contentOf(item.content, listener.dialect) });
    } else if (item.type === 'function_call_output') {
      flush();
      // The output of a call that nobody sees any more.
      if (!called.has(item.callId)) messages.push({ role: 'user', content: `[A tool gave: ${item.output}]` });
    }
  }
  flush();
  return messages;
}

/** What the model said before it called belongs into the message with its calls. */
function takeText(messages: WireMessage[]): WireMessage['content'] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || last.tool_calls !== undefined) return null;
  messages.pop();
  return last.content;
}

const NO_OUTPUT = '{"error":"This call was not carried out."}';

function callMessages(
  calls: readonly Call[],
  content: WireMessage['content'],
  { outputOf, listener }: { readonly outputOf: (callId: string) => string; readonly listener: Listener },
): WireMessage[] {
  const { dialect, keptOf } = listener;
  const idOf = (callId: string): string => (dialect.shortCallIds ? shortId(callId) : callId);
  return [
    {
      role: 'assistant',
      content,
      tool_calls: calls.map(({ callId, name, arguments: given }) => ({
        id: idOf(callId),
        type: 'function',
        function: { name, arguments: objectText(given) },
        ...keptOf?.(callId),
      })),
    },
    ...calls.map(({ callId }): WireMessage => ({
      role: 'tool',
      tool_call_id: idOf(callId),
      content: outputOf(callId),
    })),
  ];
}

/** Providers parse the arguments that they are shown again; a model's broken JSON would end the conversation. */
function objectText(given: string): string {
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return given;
  } catch {
    // Told as a text below.
  }
  return given.trim() === '' ? '{}' : JSON.stringify({ unreadable: given });
}

const SHORT_ID = /^[a-zA-Z0-9]{9}$/;

/** Nine letters and digits, always the same for the same id. */
function shortId(callId: string): string {
  if (SHORT_ID.test(callId)) return callId;
  return createHash('sha256').update(callId).digest('hex').slice(0, 9);
}

function contentOf(parts: readonly ChatPart[], dialect: Dialect): string | readonly JsonMembers[] {
  if (parts.every(({ type }) => type === 'text'))
    return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return parts.map((part) => wirePart(part, dialect));
}

function wirePart(part: ChatPart, dialect: Dialect): JsonMembers {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image': {
      const { url, detail } = part;
      return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } };
    }
    case 'file':
      return toFilePart(part, dialect);
  }
}

const asSystem = (message: WireMessage): WireMessage =>
  message.role === 'developer' ? { ...message, role: 'system' } : message;

/** System messages as one at the beginning; what one side says in a row as one message. */
function inTurns(messages: readonly WireMessage[]): WireMessage[] {
  const turns: WireMessage[] = [];
  const system = messages.filter(({ role }) => role === 'system');
  if (system.length > 0) turns.push(system.reduce(joined));
  for (const message of messages) {
    if (message.role === 'system') continue;
    const last = turns.at(-1);
    if (last !== undefined && last.role === message.role && isPlain(last) && isPlain(message))
      turns[turns.length - 1] = joined(last, message);
    else turns.push(message);
  }
  return turns;
}

const isPlain = ({ role, tool_calls: calls }: WireMessage): boolean => role !== 'tool' && calls === undefined;

function joined(one: WireMessage, other: WireMessage): WireMessage {
  if (typeof one.content === 'string' && typeof other.content === 'string')
    return { ...one, content: `${one.content}\n\n${other.content}` };
  return { ...one, content: [...partsOf(one.content), ...partsOf(other.content)] };
}

function partsOf(content: WireMessage['content']): readonly JsonMembers[] {
  if (content === null || content === '') return [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
