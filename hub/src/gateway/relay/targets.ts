import type { Caller, CatalogView, Era, JsonMembers, Presentation, ToolRoute } from '../../kernel/ports.ts';
import { unknownTool } from '../../kernel/tools/unknown-tool.ts';
import { readOwnCall } from '../own/own-call.ts';
import type { OwnTool } from '../own/own-tool.ts';
import { codes, faultOf, invalidParams, type Fault } from '../wire/fault.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import type { Target } from './passage.ts';
import { findTask, taskConflict } from './tasks.ts';

/** A call that the hub answers itself. */
export interface OwnResult {
  readonly answer: OwnTool;
}

/** Methods that one server answers for the hub. */
export const RELAYED: ReadonlySet<string> = new Set([
  'tools/call',
  'prompts/get',
  'resources/read',
  'completion/complete',
  'tasks/get',
  'tasks/result',
  'tasks/update',
  'tasks/cancel',
]);

/** Finds the server behind a request of `RELAYED` and puts its own names into `params`. */
export function findTarget(
  view: CatalogView,
  method: string,
  params: JsonMembers,
  caller: Caller,
): Target | OwnResult | Fault {
  switch (method) {
    case 'tools/call': {
      const found = findTool(view, params);
      return isFault(found) || isOwnResult(found) ? found : (taskConflict(found, params, caller) ?? found);
    }
    case 'prompts/get':
      return findPrompt(view, params);
    case 'resources/read':
      return findResource(view, params, caller.era);
    case 'completion/complete':
      return findReference(view, params, caller.era);
    default:
      return findTask(view, method, params, caller);
  }
}

export const isFault = (found: Target | OwnResult | Fault): found is Fault => 'code' in found;
export const isOwnResult = (found: Target | OwnResult): found is OwnResult => 'answer' in found;

function findTool(view: CatalogView, params: JsonMembers): Target | OwnResult | Fault {
  const { name } = params;
  if (typeof name !== 'string') return invalidParams('name must be a string');
  const { presentation } = view;
  if (presentation?.ownTools.has(name)) return hubTool(view, presentation, name, params);
  const found = view.tool(name) ?? view.unlisted(name);
  if (!found) return faultOf(unknownTool(view, name));
  params['name'] = found.name;
  return { upstream: found.upstream, called: { route: found, via: 'mcp' } };
}

const NO_TOOLS: ReadonlyMap<string, ToolRoute> = new Map();

/** One of the hub's own: its answer, or the call it stands for, whose arguments become those of the request. */
function hubTool(
  view: CatalogView,
  presentation: Presentation,
  name: string,
  params: JsonMembers,
): Target | OwnResult {
  const unknown = (wanted: string) => unknownTool(view, wanted);
  const found = readOwnCall(
    name,
    params['arguments'],
    { tools: view.searchable ?? NO_TOOLS, tool: (wanted) => view.tool(wanted), unknown },
    presentation,
  );
  if (found.kind === 'own') return { answer: found.answer };
  params['name'] = found.route.name;
  if (found.args === undefined) delete params['arguments'];
  else params['arguments'] = found.args;
  return { upstream: found.route.upstream, called: { route: found.route, via: 'search' } };
}

function findPrompt(view: CatalogView, params: JsonMembers): Target | Fault {
  const { name } = params;
  const found = typeof name === 'string' ? view.prompt(name) : undefined;
  if (!found) return invalidParams(`unknown prompt ${JSON.stringify(name)}`);
  params['name'] = found.name;
  return { upstream: found.upstream };
}

function findResource(view: CatalogView, params: JsonMembers, era: Era): Target | Fault {
  const { uri } = params;
  if (typeof uri !== 'string') return invalidParams('uri must be a string');
  const found = view.resource(uri);
  if (!found) return unknownResource(uri, era);
  params['uri'] = found.uri;
  return { upstream: found.upstream };
}

/** The code of its own was withdrawn in 2026-07-28. */
export const unknownResource = (uri: string, era: Era): Fault => ({
  code: era === 'modern' ? codes.invalidParams : codes.resourceNotFound,
  message: `Resource not found: ${uri}`,
  data: { uri },
  status: 200,
});

/** What `completion/complete` refers to: a prompt by name, or a resource template by its URI template. */
function findReference(view: CatalogView, params: JsonMembers, era: Era): Target | Fault {
  const reference = params['ref'];
  if (!isMembers(reference)) return invalidParams('ref must be an object');
  const copy = { ...reference };
  params['ref'] = copy;
  if (reference['type'] === 'ref/prompt') return findPrompt(view, copy);
  if (reference['type'] === 'ref/resource') return findResource(view, copy, era);
  return invalidParams('ref.type must be "ref/prompt" or "ref/resource"');
}
