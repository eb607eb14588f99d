import { createHmac, randomBytes } from 'node:crypto';
import { hubError, type ToolDefinition } from '@counterpart/schemas';
import { extensionOf, extensions } from '../../kernel/protocol/extensions.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import type { Caller, CatalogView, Era, JsonMembers, Upstream } from '../../kernel/ports.ts';
import { codes, faultOf, invalidParams, methodNotFound, type Fault } from '../wire/fault.ts';
import type { Target } from './passage.ts';

/** Requests about a task, by the era that has them (tasks extension of 2026-07-28; 2025-11-25, utilities/tasks). */
const TASK_METHODS: Readonly<Record<Era, ReadonlySet<string>>> = {
  modern: new Set(['tasks/get', 'tasks/update', 'tasks/cancel']),
  legacy: new Set(['tasks/get', 'tasks/result', 'tasks/cancel']),
};

const SEPARATOR = '.';

/** Of the marks below; ids that were given to people before a restart of the hub are nobody's after it. */
const KEY = randomBytes(32);
const MARK_CHARS = 22;

/** What makes an id one person's: nobody else can make it of a server's own, which often counts them. */
const markOf = (id: string, person: string): string =>
  SEPARATOR +
  createHmac('sha256', KEY)
    .update(JSON.stringify([person, id]))
    .digest('base64url')
    .slice(0, MARK_CHARS);

/**
 * A task's id in the hub: it says which server has it, and whose it is where that is not the owner, so that nothing need be
 * remembered. Servers know one client, which is the hub: they cannot keep people apart.
 */
export function hubTaskId(server: string, taskId: string, person?: string): string {
  const id = `${server}${SEPARATOR}${taskId}`;
  return person === undefined ? id : id + markOf(id, person);
}

/** The id without its mark; undefined for one that is not this person's. */
function unmarked(taskId: string, person: string | undefined): string | undefined {
  if (person === undefined) return taskId;
  const at = taskId.lastIndexOf(SEPARATOR);
  const id = taskId.slice(0, Math.max(at, 0));
  return taskId === id + markOf(id, person) ? id : undefined;
}

/** The server of a task in this view and the task's own id; undefined for an id that no server of this era gave to who asks. */
export function taskOf(
  view: CatalogView,
  given: string,
  { era, principal }: Pick<Caller, 'era' | 'principal'>,
): { readonly upstream: Upstream; readonly taskId: string } | undefined {
  const taskId = unmarked(given, principal);
  if (taskId === undefined) return undefined;
  const at = taskId.indexOf(SEPARATOR);
  const upstream = at > 0 ? view.upstreams.get(taskId.slice(0, at)) : undefined;
  const info = upstream?.info;
  if (!upstream || (info && (info.era !== era || !givesTasks(info.capabilities, era)))) return undefined;
  return { upstream, taskId: taskId.slice(at + 1) };
}

const givesTasks = (capabilities: JsonMembers, era: Era): boolean =>
  era === 'modern'
    ? extensionOf(capabilities, extensions.tasks) !== undefined
    : capabilities['tasks'] !== undefined;

/** Whether a client can be answered with a task it did not ask for. */
export const takesTasks = ({ era, capabilities }: Caller): boolean =>
  era === 'modern' && extensionOf(capabilities, extensions.tasks) !== undefined;

/** Finds the server of `tasks/…` and puts its own id into `params`; a fault for who may not ask or for an unknown id. */
export function findTask(
  view: CatalogView,
  method: string,
  params: JsonMembers,
  caller: Caller,
): Target | Fault {
  const { era } = caller;
  if (!TASK_METHODS[era].has(method)) return methodNotFound(method, era === 'modern' ? 404 : 200);
  if (era === 'modern' && !takesTasks(caller)) return tasksLacking(method);
  const { taskId } = params;
  if (typeof taskId !== 'string') return invalidParams('taskId must be a string');
  const found = taskOf(view, taskId, caller);
  if (!found) return invalidParams(`unknown task ${JSON.stringify(taskId)}`);
  params['taskId'] = found.taskId;
  return { upstream: found.upstream };
}

/** The client did not declare the extension that this needs. */
export const tasksLacking = (what: string): Fault => ({
  code: codes.missingCapability,
  message: `Missing required client capability: ${what} needs the extension ${extensions.tasks}`,
  data: { requiredCapabilities: { extensions: { [extensions.tasks]: {} } } },
  status: 400,
});

/**
 * Why a tool cannot be called in this way: tasks of the two eras do not pass into each other. Undefined when it can, or when
 * the server itself will say why not.
 */
export function taskConflict(
  { upstream, called }: Target,
  params: JsonMembers,
  { era }: Caller,
): Fault | undefined {
  const { info } = upstream;
  if (!info || !called) return undefined;
  const { definition: tool } = called.route;
  const support = taskSupport(tool);
  const asTask = era === 'legacy' && params['task'] !== undefined;
  const core = info.era === 'legacy' && info.capabilities['tasks'] !== undefined;
  if (asTask && !core && (info.era === 'modern' || support !== undefined))
    return { ...methodNotFound(`the tool ${tool.name} cannot be run as a task`, 200) };
  if (support === 'required' && info.era === 'legacy' && (era === 'modern' || !core))
    return faultOf(hubError('TOOL_TASK_ONLY', { tool: tool.name, server: upstream.id }));
  return undefined;
}

const taskSupport = (tool: ToolDefinition): unknown => membersOf(tool['execution'])['taskSupport'];
