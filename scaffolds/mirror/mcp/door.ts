import type { Blueprint } from '@counterpart/schemas';
import { pathUnder } from '../answer/exchange.ts';
import { asResponse, type PlainResponse } from '../answer/plain-response.ts';

type Answer = (request: Request) => Promise<Response | PlainResponse>;

/** Answers requests in MCP, asking the REST twin for each call; undefined for what is no request of MCP. */
export type McpDoor = (request: Request, ask: Answer) => Promise<Response> | undefined;

/** Where the server is reached: the mirror's own address, and where clients look for one. */
const PATHS = new Set(['/', '/mcp']);

/** The door of a mirror of an MCP server; undefined for any other. Its code is loaded with the first request. */
export function mcpDoor(blueprint: Blueprint, prefix: string): McpDoor | undefined {
  const { mcp } = blueprint;
  if (mcp === undefined) return undefined;
  return (request, ask) => {
    const { origin, pathname } = new URL(request.url);
    if (!PATHS.has(pathUnder(pathname, prefix))) return undefined;
    const mount = pathname === prefix || pathname.startsWith(`${prefix}/`) ? prefix : '';
    return import('./endpoint.ts').then(({ answerMcp }) =>
      answerMcp(request, {
        blueprint,
        mcp,
        base: `${origin}${mount}`,
        ask: async (asked) => asResponse(await ask(asked)),
      }),
    );
  };
}
