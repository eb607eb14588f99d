import { newId } from '../../kernel/ids.ts';
import { InFlight } from '../../kernel/in-flight.ts';
import type { Caller, CallerSession, JsonMembers, Told, Upstream, ViewSelector } from '../../kernel/ports.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import type { Core } from '../core.ts';
import type { ChangedList, Follower, Following } from '../fan-out.ts';
import { hubTaskId } from '../relay/tasks.ts';
import { passesLevel } from '../wire/log-level.ts';
import { isMembers, membersOf } from '../../kernel/protocol/members.ts';
import type { AskedOnce } from '../relay/passage.ts';
import { notificationFrame, requestFrame, type ClientResponse } from '../wire/message.ts';
import { EventRing } from './event-ring.ts';
import { Remembered } from './remembered.ts';
import type { Cancel } from '../modern/context.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';
import { negotiateVersion } from '../wire/versions.ts';

interface Question {
  readonly told: Told | undefined;
  resolve(result: JsonMembers): void;
  reject(reason: RpcFailure): void;
}

const MOST_REMEMBERED = 1_000;
/** The revision whose clients take an event that has nothing but an id. */
const PRIMED_SINCE = '2025-11-25';

/** A stream that says from where its client can go on. */
export interface ResumableChannel extends ReplyChannel {
  open(eventId?: string): void;
}

/** A legacy client from `initialize` to its end. */
export class Session implements Follower {
  readonly id = newId();
  readonly selector: ViewSelector;
  readonly version: string;
  readonly following: Following;
  /** Requests that can still be cancelled, by the JSON text of their id. */
  readonly inFlight = new InFlight<Cancel>();
  readonly #core: Core;
  readonly #ending = new AbortController();
  readonly #questions = new Map<string, Question>();
  #caller: Caller;
  #stream: ReplyChannel | undefined;
  /** Given once the client opened a stream that it can come back to. */
  #told: EventRing | undefined;
  /** Ids in the hub of tasks that it began, and of elicitations that it was asked for. */
  readonly #tasks = new Remembered(MOST_REMEMBERED);
  readonly #elicitations = new Remembered(MOST_REMEMBERED);
  #asked = 0;
  /** Milliseconds since the epoch of the last sign of life. */
  usedAt: number;

  constructor(core: Core, selector: ViewSelector, hello: JsonMembers) {
    this.#core = core;
    this.selector = selector;
    this.version = negotiateVersion(hello['protocolVersion']);
    const { capabilities, clientInfo } = hello;
    this.#caller = {
      era: 'legacy',
      capabilities: isMembers(capabilities) ? capabilities : {},
      clientInfo: isMembers(clientInfo) ? clientInfo : undefined,
      session: { id: this.id, ended: this.#ending.signal },
      principal: selector.principal,
    };
    this.usedAt = core.clock.now();
    this.following = core.fanOut.follow(this);
  }

  get caller(): Caller {
    return this.#caller;
  }

  get callerSession(): CallerSession | undefined {
    return this.#caller.session;
  }

  /** A task of this client, by its id in the hub: it is told how the task goes. */
  keepTask(taskId: string): void {
    this.#tasks.add(taskId);
  }

  /**
   * This client is sent to a URL by a question or an error of a server, and is told when that says that all is done there.
   * Gives the parameters with the id that a client of 2025-11-25 needs, which a modern server has none of.
   */
  sentToUrl(server: string, params: JsonMembers): JsonMembers {
    if (params['mode'] !== 'url') return params;
    const { elicitationId } = params;
    if (typeof elicitationId !== 'string') return { ...params, elicitationId: newId() };
    this.#elicitations.add(hubTaskId(server, elicitationId));
    return params;
  }

  /** The client's roots changed: the servers that run for it alone are told. */
  rootsChanged(): void {
    const { session } = this.#caller;
    if (!session) return;
    for (const upstream of this.#core.catalog.view(this.selector)?.upstreams.values() ?? [])
      upstream.rootsChanged(session);
  }

  set logLevel(level: string) {
    this.#caller = { ...this.#caller, logLevel: level };
  }

  /** Whether it can be ended for want of use: nothing in flight, no question open, no stream. */
  get idle(): boolean {
    return this.#stream === undefined && this.inFlight.size === 0 && this.#questions.size === 0;
  }

  /** Takes the stream for what belongs to no request; false when there already is one. */
  attach(stream: ReplyChannel): boolean {
    if (this.#stream) return false;
    this.#stream = stream;
    return true;
  }

  /**
   * The same for a client that can come back: it is told what it has missed since the event it names. It knows better than the
   * hub that its stream broke, so that a new one takes the place of the old.
   */
  attachAgain(stream: ResumableChannel, lastEventId: string | undefined): boolean {
    const resumes = lastEventId !== undefined;
    if (resumes) this.#stream?.drop();
    if (this.#stream && !resumes) return false;
    this.#stream = stream;
    this.#told ??= new EventRing();
    const missed = resumes ? this.#told.after(lastEventId) : [];
    // Clients of before do not expect an event without data.
    stream.open(this.version === PRIMED_SINCE ? (resumes ? lastEventId : this.#told.lastId) : undefined);
    for (const { frame, id } of missed) stream.send(frame, id);
    return true;
  }

  detach(stream: ReplyChannel): void {
    if (this.#stream === stream) this.#stream = undefined;
    this.usedAt = this.#core.clock.now();
  }

  listChanged(list: ChangedList): void {
    this.#tell(notificationFrame(`notifications/${list}/list_changed`, {}));
  }

  resourceUpdated(uri: string): void {
    this.#tell(notificationFrame('notifications/resources/updated', { uri }));
  }

  notified({ id: server }: Upstream, method: string, params: JsonMembers): void {
    const { taskId, elicitationId } = params;
    if (method === 'notifications/tasks/status' && typeof taskId === 'string') {
      const known = hubTaskId(server, taskId, this.selector.principal);
      if (this.#tasks.has(known)) this.#tell(notificationFrame(method, { ...params, taskId: known }));
    } else if (method === 'notifications/elicitation/complete' && typeof elicitationId === 'string') {
      if (this.#elicitations.has(hubTaskId(server, elicitationId)))
        this.#tell(notificationFrame(method, params));
    }
  }

  /** A log message that belongs to no call; a client that never named a level gets all. */
  logMessage(params: JsonMembers): void {
    const { logLevel } = this.#caller;
    if (logLevel === undefined || passesLevel(params['level'], logLevel))
      this.#tell(notificationFrame('notifications/message', params));
  }

  /** Asks the client on the stream of the request that made the server ask, else on the session's own. */
  ask(channel: ReplyChannel, asked: AskedOnce, signal: AbortSignal): Promise<JsonMembers> {
    const { method, params, told } = asked;
    const refusal = this.#refusal(method);
    if (refusal) return Promise.reject(refusal);
    const id = `hub-${++this.#asked}`;
    // Two servers may have chosen the same token.
    const meta = told && { _meta: { ...membersOf(params['_meta']), progressToken: id } };
    const frame = requestFrame(id, method, { ...params, ...meta });
    if (!channel.send(frame) && !this.#stream?.send(frame))
      return Promise.reject(
        new RpcFailure({ code: -32603, message: 'the client has no stream open on which it could be asked' }),
      );
    return this.#answerTo({ id, told }, channel, signal);
  }

  /** The client answered a question; answers to nothing are dropped. */
  answered(response: ClientResponse): void {
    const question = this.#questions.get(String(response.id));
    if (response.result) question?.resolve(response.result);
    else question?.reject(new RpcFailure({ ...response.error }));
  }

  /** The client says how far it is with a question. */
  progressed(params: JsonMembers): void {
    const { progressToken } = params;
    if (typeof progressToken === 'string') this.#questions.get(progressToken)?.told?.(params);
  }

  /** The client left: what it asked for is cancelled. */
  end(): void {
    for (const cancel of this.inFlight.values()) cancel('the session ended');
    this.suspend();
    this.#ending.abort();
  }

  /** The hub stops: the stream ends, and calls are left to fail with their connections, which a client notices. */
  suspend(): void {
    this.following.stop();
    for (const question of this.#questions.values())
      question.reject(new RpcFailure({ code: -32603, message: 'the client’s session ended' }));
    this.#stream?.drop();
    this.#stream = undefined;
  }

  /** What belongs to no request; kept for a while where the client may ask for it again. */
  #tell(frame: string): void {
    const event = this.#told?.add(frame);
    this.#stream?.send(frame, event?.id);
  }

  /** A question may only be put to a client that declared it can answer. */
  #refusal(method: string): RpcFailure | undefined {
    const capability = method === 'roots/list' ? 'roots' : method.slice(0, method.indexOf('/'));
    return this.#caller.capabilities[capability] === undefined
      ? new RpcFailure({ code: -32601, message: `the client does not answer ${method}` })
      : undefined;
  }

  #answerTo(
    { id, told }: { readonly id: string; readonly told: Told | undefined },
    channel: ReplyChannel,
    signal: AbortSignal,
  ): Promise<JsonMembers> {
    return new Promise<JsonMembers>((resolve, reject) => {
      const giveUp = (why: string) => (): void => {
        const note = notificationFrame('notifications/cancelled', { requestId: id, reason: why });
        if (!channel.send(note)) this.#stream?.send(note);
        settle(() => reject(new RpcFailure({ code: -32603, message: why })));
      };
      const aborted = giveUp('the call was cancelled');
      const stopTimer = this.#core.clock.after(
        this.#core.limits.questionTimeoutMs,
        giveUp('the client took too long to answer'),
      );
      const settle = (outcome: () => void): void => {
        if (!this.#questions.delete(id)) return;
        stopTimer();
        signal.removeEventListener('abort', aborted);
        outcome();
      };
      this.#questions.set(id, {
        told,
        resolve: (result) => settle(() => resolve(result)),
        reject: (reason) => settle(() => reject(reason)),
      });
      signal.addEventListener('abort', aborted, { once: true });
      if (signal.aborted) aborted();
    });
  }
}
