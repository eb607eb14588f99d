import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import type { JsonMembers, RenameUri } from '../../kernel/ports.ts';
import type { ReplyEdit } from '../wire/answer.ts';
import { joinText, type Cut } from '../wire/frame.ts';
import { decodeString, eachString, encodeString } from '../wire/strings.ts';
import { hubTaskId } from './tasks.ts';

/** What of one server's results is called otherwise in the hub. */
export interface Naming {
  readonly server: string;
  /** Whose the tasks are; undefined: the owner's. */
  readonly person?: string | undefined;
  /** `maybe`: a modern result that is a task if it says so; `certainly`: an answer about tasks. */
  readonly tasks?: 'maybe' | 'certainly' | undefined;
  /** Set when some of its URIs collide with another server's. */
  readonly rename?: RenameUri | undefined;
  /** Told the hub's id of each task. */
  readonly onTask?: ((taskId: string) => void) | undefined;
}

const NOTHING: readonly Cut[] = [];
const TASK_MARK = Buffer.from('"task"');
const RELATED_TASK = 'io.modelcontextprotocol/related-task';
/** Members that hold the URI of a resource, wherever the hub or an app looks for one. */
const URI_MEMBERS = new Set(['uri', 'resourceUri', 'ui/resourceUri']);

/** The edit that such results need; undefined when none. */
export function editOf(naming: Naming): ReplyEdit | undefined {
  if (!naming.tasks && !naming.rename) return undefined;
  return (frame) => cutsIn(frame, naming);
}

/** Parameters of a server's question or notification under the hub's names; the same object where none differs. */
export function renamedParams(params: JsonMembers, naming: Naming): JsonMembers {
  if (!naming.tasks && !naming.rename) return params;
  const frame = Buffer.from(JSON.stringify({ params }));
  const cuts = cutsIn(frame, naming);
  if (cuts.length === 0) return params;
  const renamed = parseExact(Buffer.from(joinText(frame.toString('latin1'), cuts), 'latin1').toString());
  return membersOf(membersOf(renamed)['params']);
}

/** Where a frame of this server says a task's id or a URI that has another name in the hub. */
export function cutsIn(frame: Buffer, { server, person, tasks, rename, onTask }: Naming): readonly Cut[] {
  const mayHoldTask = tasks === 'certainly' || (tasks === 'maybe' && frame.includes(TASK_MARK));
  if (!mayHoldTask && !rename) return NOTHING;
  const uris: Cut[] = [];
  const ids: Cut[] = [];
  let isTask = tasks === 'certainly';
  eachString(frame, (path, start, end) => {
    const member = path.at(-1) ?? '';
    if (rename && URI_MEMBERS.has(member) && !path.includes('structuredContent')) {
      const own = decodeString(frame, start, end);
      const renamed = rename(own);
      if (renamed !== own) uris.push([start, end, encodeString(renamed)]);
    } else if (mayHoldTask && isTaskId(path)) {
      const id = hubTaskId(server, decodeString(frame, start, end), person);
      ids.push([start, end, encodeString(id)]);
      if (path.length <= 3) onTask?.(id);
    } else if (path.length === 2 && member === 'resultType') {
      isTask ||= decodeString(frame, start, end) === 'task';
    }
  });
  return isTask ? [...uris, ...ids] : uris;
}

/** `result.taskId`, `params.taskId`, `result.task.taskId`, and the id in the `_meta` of what belongs to a task. */
function isTaskId(path: readonly string[]): boolean {
  if (path.at(-1) !== 'taskId') return false;
  const parent = path.at(-2);
  return path.length === 2 || (path.length === 3 && parent === 'task') || parent === RELATED_TASK;
}
