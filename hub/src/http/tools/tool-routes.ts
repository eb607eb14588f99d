import { toProblem, type CounterpartError } from '@counterpart/schemas';
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { CatalogView, JsonMembers, ToolRoute, ViewSelector } from '../../kernel/ports.ts';
import { seenBy } from '../../kernel/audit/principal.ts';
import { unknownView } from '../../kernel/tools/unknown-view.ts';
import { unknownTool } from '../../kernel/tools/unknown-tool.ts';
import { bodyOf, failureOf, refusalOf } from '../../upstream/tool-answer.ts';
import { askerOf } from '../asker.ts';
import { problem } from '../problem.ts';
import { queryOf } from '../routes/query.ts';
import { readArguments } from './arguments.ts';
import { describeTools, type ToolDocument } from './openapi.ts';

import type { ToolTwin } from './tool-twin.ts';

/** The REST twin: each tool as a POST, and what describes them all, or those of one server, as OpenAPI 3.1. */
export function addToolRoutes(app: Hono, twin: ToolTwin): void {
  app.get('/api/tools/openapi.json', async (c) =>
    sendDocument(c, await documentOf(c, twin, { kind: 'all' })),
  );
  app.get('/api/tools/:server/openapi.json', async (c) =>
    sendDocument(c, await documentOf(c, twin, { kind: 'server', id: c.req.param('server') })),
  );
  app.post('/api/tools/:server/:tool', (c) => callTool(c, twin));
}

async function callTool(c: Context, twin: ToolTwin): Promise<Response> {
  const view = seenBy({ kind: 'server', id: c.req.param('server') ?? '' }, askerOf(c));
  const route = routeOf(twin, view, c.req.param('tool') ?? '');
  const { path } = c.req;
  const text = await c.req.text();
  const given = readArguments({ text, type: c.req.header('content-type'), path }, route);
  if (given.kind === 'refused')
    return problem(c, given.error, given.errors.length > 0 ? { errors: given.errors } : {});
  const call = {
    twin,
    view,
    route,
    args: given.members,
    raw: queryOf(c, '/api/tools/:server/:tool').raw === '1',
  };
  if (c.req.header('accept')?.includes('text/event-stream') === true) return streamCall(c, call);
  const { body, error, result } = await outcomeOf(call, c.req.raw.signal);
  if (!error) return c.json(body ?? null);
  return problem(c, error, result ? { result } : {});
}

function routeOf({ catalog }: ToolTwin, selector: ViewSelector, tool: string): ToolRoute {
  const view = viewOf(catalog.view(selector), selector.kind === 'server' ? selector.id : 'this');
  const route = view.tools.get(tool);
  if (route) return route;
  throw unknownTool(view, tool);
}

function viewOf(view: CatalogView | undefined, server: string): CatalogView {
  if (view) return view;
  throw unknownView({ kind: 'server', id: server });
}

interface Call {
  readonly twin: ToolTwin;
  readonly view: ViewSelector;
  readonly route: ToolRoute;
  readonly args: JsonMembers;
  readonly raw: boolean;
}

interface Outcome {
  /** What a caller is answered, when there is no error. */
  readonly body?: unknown;
  readonly error?: CounterpartError | undefined;
  /** The whole result of a tool that says that it failed. */
  readonly result?: JsonMembers | undefined;
}

/** Calls through the gate that MCP calls go through; a client that leaves cancels. */
async function outcomeOf(
  { twin, view, route, args, raw }: Call,
  signal: AbortSignal,
  progress?: (params: JsonMembers) => void,
): Promise<Outcome> {
  try {
    const result = await twin.calls.call({
      view,
      tool: route.name,
      arguments: args,
      via: 'rest',
      exact: true,
      signal,
      ...(progress ? { progress } : {}),
    });
    const error = failureOf(route, result);
    return error ? { error, result } : { body: bodyOf(result, raw) };
  } catch (thrown) {
    return { error: refusalOf(route, thrown) };
  }
}

/** `progress` events while the tool works, then one `result` or one `problem`. */
function streamCall(c: Context, call: Call): Response {
  return streamSSE(c, async (stream) => {
    const controller = new AbortController();
    stream.onAbort(() => controller.abort());
    // Without the token, which the hub made up and nobody here knows.
    const progress = (params: JsonMembers): void =>
      void stream.writeSSE({
        event: 'progress',
        data: JSON.stringify({ ...params, progressToken: undefined }),
      });
    const { body, error, result } = await outcomeOf(call, controller.signal, progress);
    const [event, data] = error
      ? (['problem', { ...toProblem(error), instance: c.req.path, ...(result ? { result } : {}) }] as const)
      : (['result', body ?? null] as const);
    await stream.writeSSE({ event, data: JSON.stringify(data) });
  });
}

async function documentOf(c: Context, twin: ToolTwin, url: ViewSelector): Promise<ToolDocument> {
  const selector = seenBy(url, askerOf(c));
  const view = viewOf(twin.catalog.view(selector), selector.kind === 'server' ? selector.id : 'this');
  return describeTools(view, { selector, version: twin.version, url: twin.url() });
}

/** Built once for each snapshot of the catalog, so that whoever asks again is told that nothing changed. */
function sendDocument(c: Context, { text, etag }: ToolDocument): Response {
  const headers = { etag, 'cache-control': 'no-cache', 'content-type': 'application/json' };
  const known = c.req
    .header('if-none-match')
    ?.split(',')
    .some((tag) => tag.trim().replace(/^W\//, '') === etag);
  return known === true ? c.body(null, 304, { etag }) : c.body(text, 200, headers);
}
