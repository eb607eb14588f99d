import type { IncomingHttpHeaders } from 'node:http';
import type { ToolDefinition } from '@counterpart/schemas';
import { headerMismatch, type Fault } from '../wire/fault.ts';
import { decodeHeaderValue, headerText } from './headers.ts';
import { isMembers } from '../../kernel/protocol/members.ts';

/** A parameter that a modern HTTP client repeats in a header of its own (`x-mcp-header`). */
export interface ParamHeader {
  readonly path: readonly string[];
  /** As in the schema, such as `Region` for `Mcp-Param-Region`. */
  readonly name: string;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Deeper annotations are not looked for: schemas come from third parties. */
const MAX_DEPTH = 16;

/** Known by definition object, so that a schema is walked once a catalog change and not once a call. */
const known = new WeakMap<ToolDefinition, readonly ParamHeader[]>();

/** The annotated parameters of a tool that are reachable through `properties` alone; illegal annotations count for nothing. */
export function paramHeadersOf(tool: ToolDefinition): readonly ParamHeader[] {
  const before = known.get(tool);
  if (before) return before;
  const found: ParamHeader[] = [];
  collect(tool.inputSchema, [], found);
  known.set(tool, found);
  return found;
}

function collect(schema: unknown, path: readonly string[], found: ParamHeader[]): void {
  if (!isMembers(schema) || path.length > MAX_DEPTH) return;
  const name = schema['x-mcp-header'];
  if (path.length > 0 && typeof name === 'string' && TOKEN.test(name) && TYPES.has(schema['type']))
    found.push({ path, name });
  if (!isMembers(schema['properties'])) return;
  for (const [key, property] of Object.entries(schema['properties']))
    collect(property, [...path, key], found);
}

/** Compares `Mcp-Param-*` headers with a call's arguments; undefined when they agree. */
export function checkParamHeaders(
  headers: IncomingHttpHeaders,
  tool: ToolDefinition,
  args: unknown,
): Fault | undefined {
  for (const { path, name } of paramHeadersOf(tool)) {
    const value = valueAt(args, path);
    // Without a value no header is due, and a value of another type is for the tool to refuse.
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
    const fault = compare(headerText(headers, `mcp-param-${name.toLowerCase()}`), `Mcp-Param-${name}`, value);
    if (fault) return fault;
  }
  return undefined;
}

function compare(
  header: string | undefined,
  name: string,
  value: string | number | boolean,
): Fault | undefined {
  if (header === undefined) return headerMismatch(`the ${name} header is missing`);
  const decoded = decodeHeaderValue(header);
  if (decoded === undefined) return headerMismatch(`the ${name} header is not valid base64`);
  const equal =
    typeof value === 'number'
      ? decoded.trim() !== '' && Number(decoded) === value
      : decoded === String(value);
  return equal ? undefined : headerMismatch(`${name} differs from the argument it repeats`);
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  let value: unknown = args;
  for (const key of path) value = isMembers(value) ? value[key] : undefined;
  return value;
}
