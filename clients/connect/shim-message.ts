import type { ShimError } from './unreachable.ts';

/** A JSON-RPC line of the client, as far as the shim must understand it. */
export interface ShimMessage {
  readonly text: string;
  readonly id: string | number | undefined;
  readonly method: string | undefined;
  /** Value of `_meta["io.modelcontextprotocol/protocolVersion"]`: a stateless request. */
  readonly modernVersion: string | undefined;
  /** What the `Mcp-Name` header repeats. */
  readonly name: string | undefined;
  readonly cancels: string | number | undefined;
  readonly toolArguments: unknown;
  /** The messages of a batch (2025-03-26), which is itself none. */
  readonly batch: readonly ShimMessage[] | undefined;
}

type Members = Record<string, unknown>;

/** Whether a JSON value is an object, the only shape whose members may be read. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const idOf = (value: unknown): string | number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;

/** Reads a line; undefined when it is not JSON. */
export function readShimMessage(text: string): ShimMessage | undefined {
  try {
    return messageOf(JSON.parse(text), text);
  } catch {
    return undefined;
  }
}

function messageOf(value: unknown, text: string): ShimMessage {
  const message = membersOf(value);
  const params = membersOf(message['params']);
  const method = textOf(message['method']);
  return {
    text,
    id: idOf(message['id']),
    method,
    modernVersion: textOf(membersOf(params['_meta'])['io.modelcontextprotocol/protocolVersion']),
    name: nameOf(method, params),
    cancels: method === 'notifications/cancelled' ? idOf(params['requestId']) : undefined,
    toolArguments: method === 'tools/call' ? params['arguments'] : undefined,
    batch: Array.isArray(value)
      ? value.map((part: unknown) => messageOf(membersOf(part), JSON.stringify(part)))
      : undefined,
  };
}

/** A message that is to be answered. */
export type ShimRequest = ShimMessage & { readonly id: string | number; readonly method: string };

/** What of a line is to be answered: itself, or what is asked in a batch. */
export const requestsIn = (message: ShimMessage): readonly ShimRequest[] =>
  (message.batch ?? [message]).filter(
    (part): part is ShimRequest => part.id !== undefined && part.method !== undefined,
  );

/** What tells a client that a line of its failed, in the form of the line; undefined where nothing is to be answered. */
export function failureText(
  { batch }: Pick<ShimMessage, 'batch'>,
  ids: readonly (string | number)[],
  error: ShimError,
): string | undefined {
  const answers = ids.map((id) => ({ jsonrpc: '2.0', id, error }));
  if (answers.length === 0) return undefined;
  return JSON.stringify(batch ? answers : answers[0]);
}

/** Member of the parameters that the `Mcp-Name` header repeats, by method. */
const NAMED_BY: ReadonlyMap<string | undefined, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

function nameOf(method: string | undefined, params: Members): string | undefined {
  const member = NAMED_BY.get(method);
  return member === undefined ? undefined : textOf(params[member]);
}

/** A value as a header may carry it: what is not plain visible ASCII travels as base64 (2026-07-28, Streamable HTTP). */
export function headerValue(value: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
  return plain && !value.startsWith('=?base64?')
    ? value
    : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
