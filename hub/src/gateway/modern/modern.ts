import type { Caller, CatalogView, JsonMembers, Upstream, ViewSelector } from '../../kernel/ports.ts';
import { faultAnswer } from '../wire/answer.ts';
import { instructionsOf, listMeta, offeredTo, type Core } from '../core.ts';
import {
  codes,
  faultOf,
  headerMismatch,
  methodNotFound,
  unsupportedVersion,
  type Fault,
} from '../wire/fault.ts';
import { utf8Wire, type Wire } from '../wire/frame.ts';
import { checkStandardHeaders, headerText } from './headers.ts';
import { cacheMembers, LIST_METHODS, listAnswer } from '../relay/lists.ts';
import type { Listens } from './listen.ts';
import { resultFrame, type ClientRequest } from '../wire/message.ts';
import { unknownView } from '../../kernel/tools/unknown-view.ts';
import { metaKeys, metaOf, readCaller, takeHopMeta } from '../wire/meta.ts';
import { checkParamHeaders } from './param-headers.ts';
import { isSealed } from '../parking/sealed-state.ts';
import type { Target } from '../relay/passage.ts';
import { relay } from '../relay/relay.ts';
import { editOf } from '../relay/edits.ts';
import { takeUrlAnswers } from '../relay/url-elicitations.ts';
import { takesTasks } from '../relay/tasks.ts';
import type { Cancel, ModernContext } from './context.ts';
import { findTarget, isFault, isOwnResult, RELAYED } from '../relay/targets.ts';
import { answerOwn } from '../own/answer-own.ts';
import { clientOf } from '../parking/client-of.ts';
import { budgetOf } from '../results/results.ts';
import { LEGACY_VERSIONS, MODERN_VERSION, SUPPORTED_VERSIONS } from '../wire/versions.ts';

/** Serves a request of 2026-07-28; undefined when it is answered already. */
export function serveModern(
  core: Core,
  listens: Listens,
  request: ClientRequest,
  context: ModernContext,
): Cancel | undefined {
  const refuse = (fault: Fault): undefined => {
    const { wire, status } = faultAnswer(fault, request.idText);
    context.channel.finish(wire, status);
    context.done();
  };
  try {
    const asker = checkEnvelope(request, context.headers);
    if ('code' in asker) return refuse(asker);
    const { principal } = context.selector;
    const caller = principal === undefined ? asker : { ...asker, principal };
    const view = core.catalog.view(context.selector);
    if (!view) return refuse(viewFault(context.selector));
    if (request.method === 'subscriptions/listen') return listens.open(request, { view, caller }, context);
    if (RELAYED.has(request.method)) {
      const course = forward(core, { view, request, caller }, context);
      return typeof course === 'function' ? course : refuse(course);
    }
    const own = ownAnswer(core, view, request);
    if ('code' in own) return refuse(own);
    context.channel.finish(own);
    context.done();
    return undefined;
  } catch (thrown) {
    return refuse(faultOf(thrown));
  }
}

/** The refusal of a URL that leads to no view. */
export const viewFault = (selector: ViewSelector): Fault => ({
  ...faultOf(unknownView(selector)),
  status: 404,
});

/** Who asks, once everything a modern request must carry is there and agrees (the order is that of the specification's table). */
function checkEnvelope({ method, params }: ClientRequest, headers: ModernContext['headers']): Caller | Fault {
  const meta = metaOf(params);
  const caller = readCaller(meta);
  if ('code' in caller) return caller;
  const version = String(meta[metaKeys.protocolVersion]);
  const header = headers && headerText(headers, 'mcp-protocol-version');
  if (header !== undefined && header !== version)
    return headerMismatch(`MCP-Protocol-Version says ${header}, the body says ${version}`);
  if (version !== MODERN_VERSION)
    return LEGACY_VERSIONS.includes(version) ? spokenInSessions(version) : unsupportedVersion(version);
  return (headers && checkStandardHeaders(headers, version, method, params)) ?? caller;
}

/**
 * For a request that stands alone and names a revision that begins with `initialize`. What it lists as supported is what the
 * client may repeat the request with: a revision that is spoken in sessions only would send it round in a circle.
 */
const spokenInSessions = (requested: string): Fault => ({
  code: codes.unsupportedVersion,
  message:
    `Protocol version ${requested} is spoken only in a session: begin one with initialize and leave ` +
    `_meta["${metaKeys.protocolVersion}"] out of its requests, or send this one as ${MODERN_VERSION}`,
  data: { supported: [MODERN_VERSION], requested },
  status: 400,
});

/** A request that passed the checks, and the view it is for. */
interface Admitted {
  readonly view: CatalogView;
  readonly request: ClientRequest;
  readonly caller: Caller;
}

function forward(core: Core, { view, request, caller }: Admitted, context: ModernContext): Cancel | Fault {
  const { method, params, idText } = request;
  const target = findTarget(view, method, params, caller);
  if (isFault(target)) return target;
  if (isOwnResult(target))
    return answerOwn(core, target.answer, {
      ...context,
      idText,
      caller,
      client: clientOf(context),
      progressToken: takeHopMeta(params),
      ask: undefined,
    });
  // Not when found by search: the client could not know which of the arguments to repeat in headers.
  const mismatch =
    context.headers &&
    target.called?.via === 'mcp' &&
    checkParamHeaders(context.headers, target.called.route.definition, params['arguments']);
  if (mismatch) return mismatch;
  const progressToken = takeHopMeta(params);
  const passage = {
    idText,
    caller,
    view: context.selector,
    channel: context.channel,
    ask: core.parking.ask,
    edit: editOf({
      server: target.upstream.id,
      person: caller.principal,
      tasks: tasksIn(method, target, caller),
      rename: view.renameUri(target.upstream.id),
    }),
    metaText: core.metaText,
    done: context.done,
    origin: context,
    budget: target.called && budgetOf(core.results, view, () => clientOf(context)),
  };
  const relayed = { method, params, progressToken };
  const resumes = isRetry(target.upstream, params);
  if (!resumes && params['inputResponses'] !== undefined && target.upstream.info?.era === 'legacy') {
    const declined = takeUrlAnswers(params);
    if (declined) return declined;
  }
  const ticket = resumes
    ? core.parking.resume({ server: target.upstream.id, request: relayed, passage })
    : relay(core.gate, target, relayed, passage);
  return 'code' in ticket ? ticket : (reason) => ticket.cancel(reason);
}

/** Whether a result may be a task, or is about one. */
function tasksIn(method: string, { called }: Target, caller: Caller): 'maybe' | 'certainly' | undefined {
  if (called) return takesTasks(caller) ? 'maybe' : undefined;
  return method.startsWith('tasks/') ? 'certainly' : undefined;
}

/** A legacy server never gives out a state: what comes with one goes on with a parked call. A modern server's is its own. */
function isRetry({ info }: Upstream, { requestState }: JsonMembers): boolean {
  if (requestState === undefined || info?.era === 'modern') return false;
  return info !== undefined || (typeof requestState === 'string' && isSealed(requestState));
}

function ownAnswer(core: Core, view: CatalogView, { method, params, idText }: ClientRequest): Wire | Fault {
  const list = LIST_METHODS.get(method);
  if (list) return listAnswer(core, view, list, { idText, params, era: 'modern' });
  if (method === 'server/discover') return utf8Wire(resultFrame(idText, discoverResult(core, view)));
  return methodNotFound(method, 404);
}

function discoverResult(core: Core, view: CatalogView): string {
  const instructions = instructionsOf(core, view);
  const said: JsonMembers = {
    supportedVersions: SUPPORTED_VERSIONS,
    capabilities: offeredTo('modern', view.capabilities),
    ...(instructions === undefined ? {} : { instructions }),
  };
  return `{"resultType":"complete",${JSON.stringify(said).slice(1, -1)},${cacheMembers(core)},"_meta":${listMeta(core, view, 'modern')}}`;
}
