import type { ResponseInputItem, ResponsesRequest } from '@counterpart/schemas';
import type { ChatItem, ChatPart } from '../../kernel/ports.ts';
import type { UrlCitation } from '../citations.ts';
import { filePart } from '../completions/request.ts';
import { wrongField } from '../request/read-body.ts';

/** An item of `output` or of `input_items`, as clients get it (Open Responses, items). */
export type WireItem = { readonly type: string; readonly id: string } & Readonly<Record<string, unknown>>;

const user = (text: string): ChatItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'text', text }],
});

/** The `input` of a request as items of a conversation; a string is a word of the user. */
export function toItems(input: ResponsesRequest['input'], field = 'input'): ChatItem[] {
  if (input == null) return [];
  if (typeof input === 'string') return [user(input)];
  return input.flatMap(itemOf).filter((item, n) => {
    if (item.type === 'message' && item.content.length === 0)
      throw wrongField(`${field}[${n}].content`, 'it is empty');
    return true;
  });
}

/** A person's word on calls that wait for one. */
export interface Word {
  /** Of the calls, which wait together. */
  readonly id: string;
  readonly decision: 'approve' | 'reject';
}

/** The word that a request brings, if it does: one `mcp_approval_response`, or several of the same calls. */
export function wordIn(input: ResponsesRequest['input']): Word | undefined {
  if (input == null || typeof input === 'string') return undefined;
  const words = input.flatMap((item) => (item.type === 'mcp_approval_response' ? [item] : []));
  const [first] = words;
  if (first === undefined) return undefined;
  const id = first.approval_request_id.replace(/_\d+$/, '');
  return { id, decision: words.every(({ approve }) => approve) ? 'approve' : 'reject' };
}

function itemOf(item: ResponseInputItem): ChatItem[] {
  switch (item.type) {
    case 'function_call':
      return [{ type: 'function_call', callId: item.call_id, name: item.name, arguments: item.arguments }];
    case 'function_call_output': {
      const output = typeof item.output === 'string' ? item.output : item.output.map(plainText).join('');
      return [{ type: 'function_call_output', callId: item.call_id, output }];
    }
    case 'reasoning':
      return [{ type: 'reasoning', text: (item.summary ?? []).map(({ text }) => text).join('\n') }];
    case 'mcp_call': {
      const output = item.output ?? item.error ?? '';
      const { id: callId, name, arguments: given } = item;
      return [
        { type: 'function_call', callId, name, arguments: given },
        { type: 'function_call_output', callId, output },
      ];
    }
    // A reference is what it refers to by now: see `withReferences`.
    case 'item_reference':
    case 'mcp_list_tools':
    case 'mcp_approval_request':
    case 'mcp_approval_response':
      return [];
    case 'message':
    case undefined:
      return [{ type: 'message', role: item.role, content: partsOf(item.content) }];
  }
}

type Content = Extract<ResponseInputItem, { readonly role: string }>['content'];
type Piece = Exclude<Content, string>[number];

function partsOf(content: Content): ChatPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((piece): ChatPart => {
    if (piece.type === 'input_file') return filePart(piece);
    if (piece.type !== 'input_image') return { type: 'text', text: plainText(piece) };
    const { image_url: url, detail } = piece;
    return { type: 'image', url, ...(detail == null ? {} : { detail }) };
  });
}

function plainText(piece: Piece): string {
  if (piece.type === 'input_image') return '[image]';
  if (piece.type === 'input_file') return `[file ${piece.filename ?? 'without a name'}]`;
  return piece.type === 'refusal' ? piece.refusal : piece.text;
}

/** An item of a conversation as clients get it, under an id that is given. */
export function toWire(item: ChatItem, id: string): WireItem {
  switch (item.type) {
    case 'message':
      return {
        type: 'message',
        id,
        status: 'completed',
        role: item.role,
        content: item.content.map((part) => wirePart(part, item.role === 'assistant')),
      };
    case 'function_call': {
      const { callId: call_id, name, arguments: given } = item;
      return { type: 'function_call', id, call_id, name, arguments: given, status: 'completed' };
    }
    case 'function_call_output':
      return {
        type: 'function_call_output',
        id,
        call_id: item.callId,
        output: item.output,
        status: 'completed',
      };
    case 'reasoning':
      return { type: 'reasoning', id, summary: [{ type: 'summary_text', text: item.text }] };
  }
}

function wirePart(part: ChatPart, isOutput: boolean): object {
  if (part.type === 'image')
    return { type: 'input_image', image_url: part.url, detail: part.detail ?? 'auto', file_id: null };
  if (part.type === 'file')
    return { type: 'input_file', filename: part.filename ?? 'file', file_data: part.data };
  return isOutput ? outputText(part.text) : { type: 'input_text', text: part.text };
}

/** A piece of an answer, with the places that name its sources. */
export const outputText = (text: string, annotations: readonly UrlCitation[] = []) => ({
  type: 'output_text',
  text,
  annotations,
  logprobs: [],
});
