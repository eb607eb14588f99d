import type { CatalogView, RelaySink } from '../../kernel/ports.ts';
import { idTextIn } from '../../kernel/protocol/rpc/rpc-id.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { faultAnswer, translateError } from '../wire/answer.ts';
import { instructionsOf, listMeta, offeredTo, type Core } from '../core.ts';
import { faultOf, invalidParams, invalidRequest, methodNotFound, type Fault } from '../wire/fault.ts';
import { utf8Wire, type Wire } from '../wire/frame.ts';
import { LIST_METHODS, listAnswer } from '../relay/lists.ts';
import { isLogLevel } from '../wire/log-level.ts';
import { resultFrame, type ClientNotification, type ClientRequest, type RpcError } from '../wire/message.ts';
import { takeHopMeta } from '../wire/meta.ts';
import { urlElicitations } from '../relay/url-elicitations.ts';
import { editOf, renamedParams, type Naming } from '../relay/edits.ts';
import type { Ask } from '../relay/passage.ts';
import { withWrap } from '../relay/non-object-output.ts';
import { viewFault } from '../modern/modern.ts';
import { relay } from '../relay/relay.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';
import type { Session } from './session.ts';
import { findTarget, isFault, isOwnResult, RELAYED, unknownResource } from '../relay/targets.ts';
import { answerOwn } from '../own/answer-own.ts';
import { budgetOf } from '../results/results.ts';

/** `tasks/result` is answered when the task has ended (2025-11-25, utilities/tasks). */
const LONGEST_TASK_MS = 24 * 60 * 60_000;

/** The result of `initialize` for a new session. */
export function initializeResult(core: Core, view: CatalogView, session: Session): string {
  const instructions = instructionsOf(core, view);
  const said = JSON.stringify({
    protocolVersion: session.version,
    capabilities: offeredTo('legacy', view.capabilities),
    serverInfo: core.serverInfo,
    ...(instructions === undefined ? {} : { instructions }),
  });
  const meta = listMeta(core, view, 'legacy');
  return meta === undefined ? said : `${said.slice(0, -1)},"_meta":${meta}}`;
}

/** Serves a request of a session; what can be cancelled is kept in the session. */
export function serveLegacy(
  core: Core,
  session: Session,
  request: ClientRequest,
  channel: ReplyChannel,
): void {
  const answer = (given: Wire | Fault): void => {
    const { wire, status } =
      'code' in given ? faultAnswer(given, request.idText) : { wire: given, status: 200 };
    channel.finish(wire, status);
  };
  try {
    const view = core.catalog.view(session.selector);
    if (!view) return answer(viewFault(session.selector));
    if (RELAYED.has(request.method))
      return forward(core, view, session, { request, channel, refuse: answer });
    const own = ownAnswer(core, view, session, request);
    if (own instanceof Promise) void own.then(answer, (thrown: unknown) => answer(faultOf(thrown)));
    else answer(own);
  } catch (thrown) {
    answer(faultOf(thrown));
  }
}

/** Takes a notification of the client; unknown ones are ignored, as JSON-RPC demands. */
export function takeNotification(session: Session, { method, params }: ClientNotification): void {
  if (method === 'notifications/roots/list_changed') return session.rootsChanged();
  if (method === 'notifications/progress') return session.progressed(params);
  if (method !== 'notifications/cancelled') return;
  const { requestId, reason } = params;
  const idText = idTextIn(requestId);
  if (idText === undefined) return;
  session.inFlight.get(idText)?.(typeof reason === 'string' ? reason : undefined);
}

interface Forwarding {
  readonly request: ClientRequest;
  readonly channel: ReplyChannel;
  readonly refuse: (fault: Fault) => void;
}

/** Puts questions to the client of a session. */
const asker =
  (session: Session, channel: ReplyChannel): RelaySink['ask'] =>
  (method, params, signal) =>
    session.ask(channel, { method, params }, signal);

/** The same for a server, whose names the client does not know. */
const askerFor =
  (session: Session, channel: ReplyChannel, naming: Naming): Ask =>
  (asked, signal) => {
    const params = session.sentToUrl(naming.server, renamedParams(asked.params, naming));
    return session.ask(channel, { ...asked, params }, signal);
  };

function forward(
  core: Core,
  view: CatalogView,
  session: Session,
  { request, channel, refuse }: Forwarding,
): void {
  const { idText, method, params } = request;
  if (session.inFlight.has(idText))
    return refuse(invalidRequest(`a request with the id ${idText} is still running`));
  if (session.inFlight.size >= core.limits.maxInFlight)
    return refuse(invalidRequest('too many requests at once', 429));
  const target = findTarget(view, method, params, session.caller);
  if (isFault(target)) return refuse(target);
  let running = true;
  const done = (): void => {
    running = false;
    session.inFlight.delete(idText);
  };
  const progressToken = takeHopMeta(params);
  const { caller, selector, id: client } = session;
  if (isOwnResult(target)) {
    const ask = asker(session, channel);
    const asked = { idText, selector, caller, client, progressToken, channel, ask, done };
    session.inFlight.set(idText, answerOwn(core, target.answer, asked));
    return;
  }
  const server = target.upstream.id;
  const naming: Naming = {
    server,
    person: caller.principal,
    tasks: method.startsWith('tasks/') || params['task'] !== undefined ? 'certainly' : undefined,
    rename: view.renameUri(server),
    onTask: (taskId) => session.keepTask(taskId),
  };
  const ask = askerFor(session, channel, naming);
  const refused = (error: RpcError): void => {
    for (const elicitation of urlElicitations(error)) session.sentToUrl(server, elicitation);
  };
  const timeoutMs = method === 'tasks/result' ? LONGEST_TASK_MS : undefined;
  const budget = target.called && budgetOf(core.results, view, () => client);
  const ticket = relay(
    core.gate,
    target,
    { method, params, progressToken, timeoutMs },
    {
      idText,
      caller,
      view: selector,
      channel,
      ask,
      edit: withWrap(target.called?.route.definition, editOf(naming)),
      budget,
      refused,
      metaText: core.metaText,
      done,
    },
  );
  if (running) session.inFlight.set(idText, (reason) => ticket.cancel(reason));
}

function ownAnswer(
  core: Core,
  view: CatalogView,
  session: Session,
  request: ClientRequest,
): Wire | Fault | Promise<Wire | Fault> {
  const { method, params, idText } = request;
  const list = LIST_METHODS.get(method);
  if (list) return listAnswer(core, view, list, { idText, params, era: 'legacy' });
  const empty = utf8Wire(resultFrame(idText, '{}'));
  switch (method) {
    case 'ping':
      return empty;
    case 'logging/setLevel':
      if (!isLogLevel(params['level'])) return invalidParams('level is not a log level');
      session.logLevel = params['level'];
      return empty;
    case 'resources/subscribe':
      return subscribe(core, view, session, params['uri']).then((fault) => fault ?? empty);
    case 'resources/unsubscribe':
      if (typeof params['uri'] === 'string') session.following.unwatch(params['uri']);
      return empty;
    case 'initialize':
      return invalidRequest('the session is initialized already', 200);
    default:
      return methodNotFound(method, 200);
  }
}

async function subscribe(
  core: Core,
  view: CatalogView,
  session: Session,
  uri: unknown,
): Promise<Fault | undefined> {
  if (typeof uri !== 'string') return invalidParams('uri must be a string');
  if (!view.resource(uri)) return unknownResource(uri, 'legacy');
  const { watched } = session.following;
  if (watched.size >= core.limits.maxResourceSubscriptions && !watched.has(uri))
    return invalidRequest('too many resource subscriptions', 200);
  try {
    await session.following.watch(uri);
  } catch (thrown) {
    session.following.unwatch(uri);
    if (!(thrown instanceof RpcFailure)) throw thrown;
    const { code, message, data } = thrown;
    return translateError({ code, message, data }, 'legacy');
  }
  return undefined;
}
