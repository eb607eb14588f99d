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

/** A task's id in the hub: it says which server has it, so that nothing need be remembered. */
export const hubTaskId = (server: string, taskId: string): string => `${server}${SEPARATOR}${taskId}`;

/** The server of a task in this view and the task's own id; undefined for an id that no server of this era gave out. */
export function taskOf(
  view: CatalogView,
  taskId: string,
  era: Era,
): { readonly upstream: Upstream; readonly taskId: string } | undefined {
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
  const found = taskOf(view, taskId, era);
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
