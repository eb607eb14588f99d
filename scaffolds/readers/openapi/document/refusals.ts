import type { Json, JsonObject } from '@counterpart/schemas';
import { listMember, member, textMember } from '../source/json-tree.ts';
import { Unusable } from './omissions.ts';
import type { Located } from './references.ts';

const INTERNAL = ['x-internal', 'x-hidden'];
const SWITCHES = ['x-mcp', 'x-speakeasy-mcp', 'x-gram', 'x-frontmcp', 'x-mcp-tool'];

/**
 * Vendors mark what is not for tools: `x-internal: true`, `x-mcp: false`, `x-speakeasy-mcp: { disabled: true }` and kin. What an
 * operation says of itself counts before its path, and that before the whole description. Throws Unusable.
 */
export function refuseMarked(operation: Located<JsonObject>, pathItem: JsonObject, root: JsonObject): void {
  const holders = [operation.value, pathItem, root];
  const isMarked = (mark: string): boolean => {
    const value = holders.map((holder) => member(holder, mark)).find((one) => one !== undefined);
    return INTERNAL.includes(mark) ? value === true : isSwitchedOff(value);
  };
  const mark = [...INTERNAL, ...SWITCHES].find(isMarked);
  if (mark !== undefined)
    throw new Unusable('marked-internal', operation.pointer, `is marked with ${mark} as not for tools`);
}

function isSwitchedOff(value: Json | undefined): boolean {
  return value === false || member(value, 'disabled') === true || member(value, 'enabled') === false;
}

/**
 * True for an operation that opens a WebSocket: a GET that switches protocols, or whose servers speak nothing else. A 101
 * answer beside a 2xx counts only where the name says that WebSockets are the point. Throws Unusable for other switches.
 */
export function opensSocket(
  method: string,
  operation: Located<JsonObject>,
  path: string,
  statuses: readonly string[],
): boolean {
  const servers = listMember(operation.value, 'servers');
  const onlySockets =
    servers.length > 0 && servers.every((server) => /^wss?:/.test(textMember(server, 'url') ?? ''));
  const schemes = listMember(operation.value, 'schemes');
  const onlySocketSchemes =
    schemes.length > 0 && schemes.every((scheme) => scheme === 'ws' || scheme === 'wss');
  const isNamedSo =
    /\/(?:ws|websocket)$/i.test(path) || /websocket$/i.test(textMember(operation.value, 'operationId') ?? '');
  const isUpgrade =
    statuses.includes('101') && (isNamedSo || !statuses.some((status) => status.startsWith('2')));
  if (!onlySockets && !onlySocketSchemes && !isUpgrade) return false;
  // A WebSocket begins with a GET (RFC 6455, 4.1): what switches otherwise goes on in a protocol that nobody names.
  if (method === 'GET') return true;
  throw new Unusable(
    'websocket',
    operation.pointer,
    'switches to a protocol that is no WebSocket, which a tool call cannot hold',
  );
}
