import type { ToolDefinition } from '@counterpart/schemas';
import type { JsonMembers } from '../../kernel/ports.ts';
import { isMembers, membersOf } from '../../kernel/protocol/members.ts';
import { VERSION_KEY } from '../rpc/stamps.ts';

/** An argument that also travels as `Mcp-Param-<name>` (2026-07-28, Streamable HTTP). */
export interface HeaderParameter {
  readonly path: readonly string[];
  readonly header: string;
}

const ANNOTATION = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const CARRIED_TYPES = new Set(['string', 'integer', 'boolean']);
/** Keywords whose values are data, not schemas. */
const DATA_KEYWORDS = new Set(['enum', 'const', 'default', 'examples', 'required']);
const DEEPEST = 64;

/** The header parameters of a tool; undefined when an annotation breaks the rules, so that the tool cannot be called over HTTP. */
export function headerParameters(tool: ToolDefinition): readonly HeaderParameter[] | undefined {
  const found: HeaderParameter[] = [];
  if (!collect(tool.inputSchema, [], found)) return undefined;
  const names = new Set(found.map(({ header }) => header.toLowerCase()));
  return names.size === found.length ? found : undefined;
}

/** Walks what `properties` alone reaches; false when an annotation is invalid or stands anywhere else. */
function collect(schema: unknown, path: readonly string[], found: HeaderParameter[]): boolean {
  if (!isMembers(schema)) return true;
  if (path.length > DEEPEST) return false;
  const annotation = schema[ANNOTATION];
  if (annotation !== undefined) {
    if (typeof annotation !== 'string' || !TOKEN.test(annotation) || path.length === 0) return false;
    if (!CARRIED_TYPES.has(String(schema['type']))) return false;
    found.push({ path, header: annotation });
  }
  return Object.entries(schema).every(([keyword, value]) =>
    keyword === 'properties'
      ? Object.entries(membersOf(value)).every(([name, part]) => collect(part, [...path, name], found))
      : DATA_KEYWORDS.has(keyword) || !annotated(value, 0),
  );
}

function annotated(value: unknown, depth: number): boolean {
  if (depth > DEEPEST) return true;
  if (Array.isArray(value)) return value.some((part) => annotated(part, depth + 1));
  if (!isMembers(value)) return false;
  return Object.entries(value).some(
    ([keyword, part]) => (keyword === ANNOTATION && typeof part === 'string') || annotated(part, depth + 1),
  );
}

const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const SENTINEL = /^=\?base64\?.*\?=$/i;

/** A value as a header carries it: plain when it can be, else base64 in the sentinel form. */
export function headerValue(text: string): string {
  return PLAIN.test(text) && !SENTINEL.test(text)
    ? text
    : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

/** Member of the parameters that `Mcp-Name` repeats, by method. */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** Headers that repeat the body of a modern request; none for a legacy one. `version`: where `params` do not say it. */
export function modernHeaders(
  method: string,
  params: JsonMembers,
  parametersOf: (tool: string) => readonly HeaderParameter[],
  version: unknown = membersOf(params['_meta'])[VERSION_KEY],
): Record<string, string> {
  if (typeof version !== 'string') return {};
  const headers: Record<string, string> = { 'MCP-Protocol-Version': version, 'Mcp-Method': method };
  const name = params[NAMED_BY.get(method) ?? ''];
  if (typeof name !== 'string') return headers;
  headers['Mcp-Name'] = headerValue(name);
  if (method !== 'tools/call') return headers;
  for (const { path, header } of parametersOf(name)) {
    const value = path.reduce<unknown>((at, key) => membersOf(at)[key], params['arguments']);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      headers[`Mcp-Param-${header}`] = headerValue(String(value));
    }
  }
  return headers;
}
