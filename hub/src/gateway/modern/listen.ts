import type { Caller, CatalogView, JsonMembers } from '../../kernel/ports.ts';
import { faultAnswer } from '../wire/answer.ts';
import type { Core } from '../core.ts';
import type { ChangedList, Follower, Following } from '../fan-out.ts';
import { isFull } from '../limits.ts';
import { faultOf, invalidParams, type Fault } from '../wire/fault.ts';
import { renamedParams } from '../relay/edits.ts';
import { hubTaskId, takesTasks, taskOf, tasksLacking } from '../relay/tasks.ts';
import { utf8Wire } from '../wire/frame.ts';
import { asWritten } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import { notificationFrame, resultFrame, type ClientRequest } from '../wire/message.ts';
import { metaKeys } from '../wire/meta.ts';
import type { Cancel, ModernContext } from './context.ts';
import { hubError } from '@counterpart/schemas';

/** What a listen may ask to hear of, and the notification that tells it. */
const LIST_FILTERS: readonly { readonly filter: string; readonly list: ChangedList }[] = [
  { filter: 'toolsListChanged', list: 'tools' },
  { filter: 'promptsListChanged', list: 'prompts' },
  { filter: 'resourcesListChanged', list: 'resources' },
];

/** The part of a listen's wishes that the hub grants. */
export interface Granted {
  readonly lists: ReadonlySet<ChangedList>;
  readonly uris: readonly string[];
  /** Ids in the hub. */
  readonly taskIds: ReadonlySet<string>;
  /** As the acknowledgement says it. */
  readonly notifications: JsonMembers;
}

/** What of the wanted notifications this view can deliver: an undeclared capability or an unknown URI is left out. */
export function grant(view: CatalogView, wanted: JsonMembers, maxUris: number, person?: string): Granted {
  const offers = (room: string, what: string): boolean => {
    const capability = view.capabilities[room];
    return isMembers(capability) && capability[what] === true;
  };
  const granted = LIST_FILTERS.filter(
    ({ filter, list }) => wanted[filter] === true && offers(list, 'listChanged'),
  );
  const known = textsOf(wanted['resourceSubscriptions']).filter((uri) => view.resource(uri) !== undefined);
  const uris = offers('resources', 'subscribe') ? [...new Set(known)].slice(0, maxUris) : [];
  const tasks = textsOf(wanted['taskIds']).filter(
    (id) => taskOf(view, id, { era: 'modern', principal: person }) !== undefined,
  );
  const taskIds = new Set(tasks.slice(0, maxUris));
  return {
    lists: new Set(granted.map(({ list }) => list)),
    uris,
    taskIds,
    notifications: {
      ...Object.fromEntries(granted.map(({ filter }) => [filter, true])),
      ...(uris.length > 0 ? { resourceSubscriptions: uris } : {}),
      ...(taskIds.size > 0 ? { taskIds: [...taskIds] } : {}),
    },
  };
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const TASK_NEWS = 'notifications/tasks';

/** Asks the servers of these tasks for news, until the returned function is called. */
function followTasks(
  view: CatalogView,
  taskIds: ReadonlySet<string>,
  principal: string | undefined,
): () => void {
  const stops = [...taskIds].flatMap((id) => {
    const task = taskOf(view, id, { era: 'modern', principal });
    return task ? [task.upstream.followTask(task.taskId)] : [];
  });
  return () => stops.forEach((stop) => stop());
}

/** Who listens, and to what it may. */
interface Asked {
  readonly view: CatalogView;
  readonly caller: Caller;
}

/** All open `subscriptions/listen` streams. */
export class Listens {
  readonly #core: Core;
  /** What ends each, and who listens; undefined: the owner. */
  readonly #open = new Map<() => void, string | undefined>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Acknowledges and keeps the stream until the client leaves or the hub ends it. */
  open(request: ClientRequest, { view, caller }: Asked, context: ModernContext): Cancel | undefined {
    const fault = this.#refusal(request, caller, context);
    if (fault) {
      const { wire, status } = faultAnswer(fault, request.idText);
      context.channel.finish(wire, status);
      context.done();
      return undefined;
    }
    const wanted = isMembers(request.params['notifications']) ? request.params['notifications'] : {};
    // As the client wrote it, however many digits it has.
    const id = asWritten(request.idText);
    const { principal } = context.selector;
    const granted = grant(view, wanted, this.#core.limits.maxResourceSubscriptions, principal);
    const send = (method: string, params: JsonMembers): void =>
      void context.channel.send(
        notificationFrame(method, { ...params, _meta: { [metaKeys.subscriptionId]: id } }),
      );
    send('notifications/subscriptions/acknowledged', { notifications: granted.notifications });
    const following = this.#follow(granted, context, send);
    const unfollow = followTasks(view, granted.taskIds, principal);
    const leave = (): void => {
      following.stop();
      unfollow();
      this.#open.delete(finish);
      context.done();
    };
    const finish = (): void => {
      leave();
      context.channel.finish(utf8Wire(resultFrame(request.idText, this.#lastWords(id))));
    };
    this.#open.set(finish, principal);
    return () => {
      leave();
      context.channel.drop();
    };
  }

  /** Ends every stream with its result. */
  close(): void {
    for (const finish of this.#open.keys()) finish();
  }

  /** Ends those of a person. */
  expel(person: string): void {
    for (const [finish, principal] of this.#open) if (principal === person) finish();
  }

  #refusal(
    { params }: ClientRequest,
    caller: Caller,
    { channel, selector }: ModernContext,
  ): Fault | undefined {
    const { notifications } = params;
    if (!isMembers(notifications)) return invalidParams('notifications must be an object', 400);
    if (notifications['taskIds'] !== undefined && !takesTasks(caller)) return tasksLacking('taskIds');
    if (!channel.streams)
      return {
        ...invalidParams('a listen is answered by an event stream; accept text/event-stream'),
        status: 406,
      };
    const limit = this.#core.limits.maxListens;
    return isFull([...this.#open.values()], selector.principal, limit)
      ? { ...faultOf(hubError('CALL_BUSY', { server: 'The hub', limit })), status: 503 }
      : undefined;
  }

  #follow(
    granted: Granted,
    { selector }: ModernContext,
    send: (method: string, params: JsonMembers) => void,
  ): Following {
    const follower: Follower = {
      selector,
      listChanged: (list) => void (granted.lists.has(list) && send(`notifications/${list}/list_changed`, {})),
      resourceUpdated: (uri) => send('notifications/resources/updated', { uri }),
      notified: (upstream, method, params) => {
        if (method !== TASK_NEWS || typeof params['taskId'] !== 'string') return;
        const taskId = hubTaskId(upstream.id, params['taskId'], selector.principal);
        if (!granted.taskIds.has(taskId)) return;
        const view = this.#core.catalog.view(selector);
        const named = renamedParams(params, { server: upstream.id, rename: view?.renameUri(upstream.id) });
        send(method, { ...named, taskId });
      },
    };
    const following = this.#core.fanOut.follow(follower);
    // Not awaited: a server that is slow to start must not hold back the acknowledgement.
    for (const uri of granted.uris)
      following
        .watch(uri)
        .catch((thrown: unknown) =>
          this.#core.log.warn({ uri, err: thrown }, 'resource subscription was refused'),
        );
    return following;
  }

  #lastWords(id: object): string {
    return JSON.stringify({
      resultType: 'complete',
      _meta: { [metaKeys.subscriptionId]: id, [metaKeys.serverInfo]: this.#core.serverInfo },
    });
  }
}
