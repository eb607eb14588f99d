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
}

type Members = Record<string, unknown>;

/** Whether a JSON value is an object, the only shape whose members may be read. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const idOf = (value: unknown): string | number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;

/** Reads a line; undefined when it is not JSON. A batch is passed on as it is. */
export function readShimMessage(text: string): ShimMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
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
  };
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
