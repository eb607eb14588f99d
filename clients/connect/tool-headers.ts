import { headerValue, isMembers } from './shim-message.ts';

interface ParamHeader {
  readonly path: readonly string[];
  readonly header: string;
}

const MARK = '"x-mcp-header"';
/** Deeper annotations are not looked for: schemas come from third parties. */
const MAX_DEPTH = 16;

/**
 * The headers that repeat a call's arguments (`x-mcp-header`, 2026-07-28 Streamable HTTP), learned from the tool lists that
 * pass by. A client on stdio knows nothing of them.
 */
export class ToolHeaders {
  readonly #tools = new Map<string, readonly ParamHeader[]>();

  /** Learns from the text of an answer to `tools/list`. */
  learn(answer: string): void {
    if (!answer.includes(MARK)) return;
    const message: unknown = JSON.parse(answer);
    const result = isMembers(message) ? message['result'] : undefined;
    const tools = isMembers(result) && Array.isArray(result['tools']) ? result['tools'] : [];
    for (const tool of tools) {
      if (!isMembers(tool) || typeof tool['name'] !== 'string') continue;
      const found: ParamHeader[] = [];
      collect(tool['inputSchema'], [], found);
      this.#tools.set(tool['name'], found);
    }
  }

  /** Headers for a call of this tool with these arguments. */
  of(tool: string, args: unknown): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const { path, header } of this.#tools.get(tool) ?? []) {
      let value: unknown = args;
      for (const key of path) value = isMembers(value) ? value[key] : undefined;
      const primitive = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      if (primitive) headers[`mcp-param-${header}`] = headerValue(String(value));
    }
    return headers;
  }
}

function collect(schema: unknown, path: readonly string[], found: ParamHeader[]): void {
  if (!isMembers(schema) || path.length > MAX_DEPTH) return;
  const header = schema['x-mcp-header'];
  if (path.length > 0 && typeof header === 'string') found.push({ path, header });
  const { properties } = schema;
  if (!isMembers(properties)) return;
  for (const [key, property] of Object.entries(properties)) collect(property, [...path, key], found);
}
