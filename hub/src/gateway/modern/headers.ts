import type { IncomingHttpHeaders } from 'node:http';
import type { JsonMembers } from '../../kernel/ports.ts';
import { headerMismatch, type Fault } from '../wire/fault.ts';

/** Member of the parameters that `Mcp-Name` repeats (2026-07-28 Streamable HTTP; `tasks/*` by the tasks extension). */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const SENTINEL_START = '=?base64?';
const SENTINEL_END = '?=';

/** One header's text; several lines of one name count as their joined text, as node gives them. */
export function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** The value a header stands for: `=?base64?…?=` is decoded; undefined when that is malformed. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!value.startsWith(SENTINEL_START) || !value.endsWith(SENTINEL_END)) return value;
  const encoded = value.slice(SENTINEL_START.length, -SENTINEL_END.length);
  if (!BASE64.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined; // not UTF-8
  }
}

/** Compares the headers that a modern request must carry with its body; undefined when they agree. */
export function checkStandardHeaders(
  headers: IncomingHttpHeaders,
  version: string,
  method: string,
  params: JsonMembers,
): Fault | undefined {
  const versionHeader = headerText(headers, 'mcp-protocol-version');
  if (versionHeader === undefined) return headerMismatch('the MCP-Protocol-Version header is missing');
  if (versionHeader !== version)
    return headerMismatch(`MCP-Protocol-Version says ${versionHeader}, the body says ${version}`);
  const methodHeader = headerText(headers, 'mcp-method');
  if (methodHeader === undefined) return headerMismatch('the Mcp-Method header is missing');
  if (methodHeader !== method)
    return headerMismatch(`Mcp-Method says ${methodHeader}, the body says ${method}`);
  const member = NAMED_BY.get(method);
  return member === undefined ? undefined : checkName(headers, member, params[member]);
}

function checkName(headers: IncomingHttpHeaders, member: string, value: unknown): Fault | undefined {
  if (typeof value !== 'string') return undefined; // what is wrong then is wrong with the parameters
  const header = headerText(headers, 'mcp-name');
  if (header === undefined)
    return headerMismatch(`the Mcp-Name header is missing; the body has ${member} "${value}"`);
  const decoded = decodeHeaderValue(header);
  if (decoded === undefined) return headerMismatch('the Mcp-Name header is not valid base64');
  return decoded === value
    ? undefined
    : headerMismatch(`Mcp-Name says "${decoded}", the body has ${member} "${value}"`);
}
