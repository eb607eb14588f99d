import { DatabaseFailure } from '@counterpart/kit/database';
import type { Blueprint, Operation } from '@counterpart/schemas';
import { Hono } from 'hono';
import { basePath } from 'hono/route';
import { dialectOf } from './dialects/dialect.ts';
import { composeAnswer, type AnswerTools } from './answer/answer.ts';
import type { Typing } from './request/coerce.ts';
import { missingCredentials, type CredentialCheck } from './request/credentials.ts';
import { createNonces } from './signature/nonces.ts';
import { decodePath, decodeRequest, type DecodedRequest, type RawRequest } from './request/decode-request.ts';
import {
  answerResponse,
  BODY_TOO_LARGE,
  UPGRADE_REQUIRED,
  upgradeNeeded,
  readRaw,
  notModified,
  refused,
  refusedAsDescribed,
  unknownPath,
  wrongMethod,
  type Outcome,
} from './answer/exchange.ts';
import { asResponse, type PlainResponse } from './answer/plain-response.ts';
import { problemLine, requestProblem, toResponse } from './answer/problem.ts';
import { argumentsOf, databaseRoom, failureResponse, type DatabaseRoom } from './database/room.ts';
import type { CallTool } from './live/call-tool.ts';
import { answerLive } from './live/rest.ts';
import { answerFromKept, type KeptOutcome } from './keep/kept-answer.ts';
import type { Keeper } from './keep/keeper.ts';
import { negotiate } from './request/media-type.ts';
import { headerValue } from './request/header-value.ts';
import { inferResources } from './resource/infer.ts';
import type { ResourceMap } from './resource/resource.ts';
import { graphqlRoom, type GraphqlRoom } from './graphql/room.ts';
import { readBestFitting } from './route/best-fitting.ts';
import { createRouter, matchRoute, type RouteCandidate, type Router } from './route/router.ts';
import { samplerOf } from './sample/sample.ts';
import { createSchemaBook } from './schema/schema-book.ts';
import { createShapes } from './sample/shape.ts';
import type { MirrorState } from './state/mirror-state.ts';
import { type Channels, createChannels } from './stream/channels.ts';
import { createStreamRoom, type StreamRoom } from './stream/room.ts';
import { createState } from './state/store.ts';
import { validateParameter } from './request/validate-request.ts';

/** One answered request, for logs and tests; never holds header values or bodies. */
export interface MirrorLogEntry {
  readonly method: string;
  readonly path: string;
  /** Name of the operation that answered; absent when none was found. */
  readonly operation?: string;
  readonly status: number;
  readonly durationMs: number;
  /** Breaches of the contract, each as `query limit: must be integer`. */
  readonly problems: readonly string[];
}

/** A valid request on its way to its answer. */
export interface MirrorExchange {
  readonly operation: Operation;
  /** Parameters and body, decoded and true to the contract. */
  readonly request: DecodedRequest;
  readonly raw: RawRequest;
  readonly state: MirrorState;
}

export interface MirrorOptions {
  /** Same seed and same request: same answer. Default 1. */
  readonly seed?: number;
  /** Requests without any credential of any alternative are answered 401. Default false. */
  readonly strictAuth?: boolean;
  /** The test key that was issued: with it no other secret passes, and every operation that asks for one checks it. */
  readonly issuedKey?: string;
  /** The time that signatures are held against, in milliseconds since 1970; default: that of the machine. */
  readonly now?: () => number;
  /** Path prefix to take off before an operation is looked for, such as `/mirror/pets`. */
  readonly basePath?: string;
  /** What the mirror keeps; default: an empty state of its own. */
  readonly state?: MirrorState;
  /**
   * What an identifier stands for that was neither made nor removed: something the service has always had (`invent`),
   * or nothing (`refuse`, answered 404). Default `invent`.
   */
  readonly unknownIds?: 'invent' | 'refuse';
  /** Things a collection has before anybody made one. Default 3. */
  readonly seedRows?: number;
  /** Every subscription of a GraphQL service begins with an event, for who would else wait for one. Default false. */
  readonly eventful?: boolean;
  /** Asked before a valid request is answered and before anything kept changes; undefined: the mirror answers. */
  readonly override?: (exchange: MirrorExchange) => Response | undefined | Promise<Response | undefined>;
  /** Who listens; default: channels of its own. */
  readonly channels?: Channels;
  readonly log?: (entry: MirrorLogEntry) => void;
  /** Calls a tool of the live server; given, valid requests are answered by it alone. */
  readonly call?: CallTool | undefined;
  /** Answers the calls of a database's tools; default: a database in memory, seeded from the blueprint. */
  readonly database?: DatabaseRoom;
}

/** The simulated service: answers operation paths. Hand requests to `fetch`, or place `app` with hono's `route`. */
export interface Mirror {
  readonly operations: readonly Operation[];
  readonly state: MirrorState;
  /** What the service keeps, as far as its description tells, and which operation does what to it. */
  readonly resources: ResourceMap;
  readonly app: Hono;
  readonly fetch: (request: Request) => Promise<Response>;
  /** As `fetch`; an answer whose body is at hand comes as it is. */
  readonly respond: (request: Request) => Promise<Response | PlainResponse>;
  /** What it says where answers do not end. */
  readonly streams: StreamRoom;
  /** The operation that a request for a WebSocket opens, or the response that refuses it. */
  readonly admit: (handshake: Request) => Promise<Operation | Response>;
  /** What executes the documents of a GraphQL service, and the path they are sent to. */
  readonly graphql: GraphqlRoom | undefined;
}

/** Everything a mirror answers with; made once. */
interface Engine {
  readonly blueprint: Blueprint;
  readonly strictAuth: boolean;
  readonly check: CredentialCheck;
  readonly router: Router;
  readonly typing: Typing;
  readonly tools: AnswerTools;
  readonly state: MirrorState;
  readonly resources: ResourceMap;
  readonly keeper: Keeper;
  readonly override: MirrorOptions['override'];
  readonly call: CallTool | undefined;
  readonly streams: StreamRoom;
  readonly graphql: GraphqlRoom | undefined;
  readonly database: DatabaseRoom | undefined;
}

/** The group whose path parameters fit; a more general template is looked at only where a special one cannot be meant. */
function fittingGroup(
  groups: readonly (readonly RouteCandidate[])[],
  typing: Typing,
): readonly RouteCandidate[] {
  const fits = (candidate: RouteCandidate): boolean => {
    const { parameters, problems } = decodePath(candidate, typing);
    return (
      problems.length === 0 &&
      parameters.every((parameter) => validateParameter(parameter, typing.book).length === 0)
    );
  };
  return (groups.length > 1 ? groups.find((group) => group.some(fits)) : undefined) ?? groups[0] ?? [];
}

/** Longest time for one request to a database, whatever its own limit is. */
const DATABASE_TIMEOUT_MS = 60_000;

/** A request to a GraphQL service: refused as such a service does it, else executed. */
async function handleGraphql(engine: Engine, raw: RawRequest, room: GraphqlRoom): Promise<Outcome> {
  const { answerHttp, prepareHttp } = await room.http();
  const graphql = await room.engine();
  const prepared = await prepareHttp(graphql, raw);
  if (prepared instanceof Response) return { response: prepared, problems: [] };
  const operation = graphql.operationOf(prepared);
  const unauthorised =
    operation && engine.strictAuth
      ? missingCredentials(engine.blueprint, operation, raw, engine.check)
      : undefined;
  if (unauthorised) return refused(unauthorised, operation);
  const overridden = operation && (await overriddenGraphql(engine, raw, operation));
  const response = overridden ?? (await answerHttp(graphql, prepared, raw));
  return { response, ...(operation ? { operation } : {}), problems: [] };
}

async function overriddenGraphql(
  engine: Engine,
  raw: RawRequest,
  operation: Operation,
): Promise<Response | undefined> {
  if (engine.override === undefined) return undefined;
  const match = matchRoute(engine.router, 'POST', raw.path, raw.query);
  const groups = match.kind === 'found' ? match.groups : [];
  const candidate = groups.flat().find((one) => one.operation === operation);
  if (candidate === undefined) return undefined;
  const request = await decodeRequest(candidate, raw, engine.typing, []);
  return engine.override({ operation, request, raw, state: engine.state });
}

async function handle(engine: Engine, raw: RawRequest): Promise<Outcome> {
  const match = matchRoute(engine.router, raw.method, raw.path, raw.query);
  if (match.kind === 'unknown') return refused(unknownPath(raw, match.near));
  if (match.kind === 'wrong-method') return refused(wrongMethod(raw, match.allow));
  const reading = await readBestFitting(engine, fittingGroup(match.groups, engine.typing), raw);
  if (!reading) return refused(unknownPath(raw, []));
  const { request, problems } = reading;
  const { operation } = request;
  const unauthorised = engine.strictAuth
    ? missingCredentials(engine.blueprint, operation, raw, engine.check)
    : undefined;
  if (unauthorised) return refusedAsDescribed({ news: unauthorised }, operation, engine.tools);
  const invalid = requestProblem(problems);
  if (invalid) return refusedAsDescribed({ news: invalid, problems }, operation, engine.tools);
  const { state } = engine;
  const given = await answerElsewhere(engine, { operation, request, raw, state });
  if (given) return { response: given, operation, problems: [] };
  return listened(engine, operation, raw) ?? told(engine, request, { raw, isBodyless: match.bodyless });
}

/** The answer that the things kept and the description tell. */
function told(
  engine: Engine,
  request: DecodedRequest,
  { raw, isBodyless }: { readonly raw: RawRequest; readonly isBodyless: boolean },
): Outcome {
  const { operation } = request;
  const kept = keptAnswer(engine, request, raw);
  if (kept?.kind === 'error') return refusedAsDescribed({ news: kept.news }, operation, engine.tools);
  if (kept?.kind === 'unchanged') return notModified(kept.tag, operation);
  const composed = composeAnswer(request, raw.headers, engine.tools, kept?.kept);
  if ('problem' in composed) return refused(composed.problem, operation);
  return { response: answerResponse(composed.answer, request, isBodyless), operation, problems: [] };
}

/** The answer of somebody else than the blueprint: whoever overrides it, a live server, or a database. */
async function answerElsewhere(engine: Engine, exchange: MirrorExchange): Promise<Response | undefined> {
  const { override, call } = engine;
  return (
    (await override?.(exchange)) ??
    (call ? await answerLive(exchange, call) : await databaseAnswer(engine, exchange.request))
  );
}

/** What a database says to a request; undefined where the service is none. */
async function databaseAnswer({ database }: Engine, request: DecodedRequest): Promise<Response | undefined> {
  const { operation } = request;
  if (database === undefined || operation.database === undefined) return undefined;
  try {
    const signal = AbortSignal.timeout(DATABASE_TIMEOUT_MS);
    return Response.json(await database.answer(operation, argumentsOf(request), signal));
  } catch (error) {
    if (error instanceof DatabaseFailure) return failureResponse(error);
    throw error;
  }
}

async function answerRequest(engine: Engine, raw: RawRequest): Promise<Outcome> {
  if (engine.graphql?.path === raw.path) return handleGraphql(engine, raw, engine.graphql);
  const dialect = await dialectOf(engine.blueprint);
  if (dialect === undefined) return handle(engine, raw);
  return dialect(raw, async (told) => {
    const outcome = await handle(engine, told);
    return { ...outcome, response: asResponse(outcome.response) };
  });
}

/** What an operation whose answer does not end gives to a request that is true to it; undefined for any other. */
function listened({ streams }: Engine, operation: Operation, raw: RawRequest): Outcome | undefined {
  const { stream } = operation;
  if (stream === undefined) return undefined;
  if (stream.kind === 'websocket') return refused(upgradeNeeded(operation), operation);
  return takesEvents(raw) ? { response: streams.respond(operation), operation, problems: [] } : undefined;
}

const takesEvents = ({ headers }: RawRequest): boolean =>
  negotiate(headers.get('accept') ?? undefined, [{ mediaType: 'text/event-stream' }]) !== undefined;

/** What a request for a WebSocket leads to: it is read and judged as any other request of its operation. */
async function admit(engine: Engine, handshake: Request, prefix: string): Promise<Operation | Response> {
  const raw = await readRaw(handshake, prefix);
  if (raw === undefined) return toResponse(BODY_TOO_LARGE);
  const { response, operation } = await handle(engine, raw);
  return operation?.stream?.kind === 'websocket' && response.status === UPGRADE_REQUIRED
    ? operation
    : asResponse(response);
}

/** What the things kept have to say; undefined where the operation keeps nothing, or another answer was asked for. */
function keptAnswer(engine: Engine, request: DecodedRequest, raw: RawRequest): KeptOutcome | undefined {
  const binding = engine.resources.bindings.get(request.operation.name);
  if (!binding || headerValue(raw.headers, 'prefer') !== undefined) return undefined;
  return answerFromKept({ binding, request, raw, keeper: engine.keeper });
}

function createEngine(blueprint: Blueprint, options: MirrorOptions): Engine {
  const book = createSchemaBook(blueprint.types);
  const typing: Typing = { book, shapeOf: createShapes(book.type) };
  const sampler = samplerOf(book, options.seed ?? 1);
  const state = options.state ?? createState();
  const resources = inferResources(blueprint, typing);
  return {
    blueprint,
    strictAuth: options.strictAuth ?? options.issuedKey !== undefined,
    check: { issuedKey: options.issuedKey, now: options.now ?? Date.now, nonces: createNonces() },
    router: createRouter(blueprint.operations),
    typing,
    tools: { book, sampler },
    state,
    resources,
    keeper: {
      state,
      typing,
      sampler,
      resources: new Map(resources.resources.map((resource) => [resource.name, resource])),
      style: resources.style,
      unknownIds: options.unknownIds ?? 'invent',
      seedRows: options.seedRows ?? 3,
    },
    override: options.override,
    call: options.call,
    streams: createStreamRoom(sampler, options.channels ?? createChannels(), options.seedRows ?? 3),
    graphql: graphqlRoom(blueprint, state, options),
    database: options.database ?? databaseRoom(blueprint, state, options),
  };
}

function mirrorFailure({ id }: Blueprint, error: unknown): Response {
  const why = error instanceof Error ? error.message : String(error);
  return toResponse({
    status: 500,
    slug: 'mirror-failure',
    title: 'The mirror failed',
    detail: `The mirror of ${id} could not answer: ${why}`,
  });
}

/** Makes the mirror of a blueprint; schemas are compiled when the first request needs them. */
export function createMirror(blueprint: Blueprint, options: MirrorOptions = {}): Mirror {
  const engine = createEngine(blueprint, options);
  const answer = async (request: Request, prefix: string): Promise<Response | PlainResponse> => {
    const start = performance.now();
    const raw = await readRaw(request, prefix);
    const { response, operation, problems } = raw
      ? await answerRequest(engine, raw)
      : refused(BODY_TOO_LARGE);
    options.log?.({
      method: request.method,
      path: raw?.path ?? new URL(request.url).pathname,
      ...(operation ? { operation: operation.name } : {}),
      status: response.status,
      durationMs: performance.now() - start,
      problems: problems.map(problemLine),
    });
    return response;
  };
  const answerSafely = (request: Request, prefix: string): Promise<Response | PlainResponse> =>
    answer(request, prefix).catch((error: unknown) => mirrorFailure(blueprint, error));
  const app = new Hono();
  app.all('*', async (context) =>
    asResponse(await answerSafely(context.req.raw, options.basePath ?? basePath(context).replace(/\/$/, ''))),
  );
  const respond = (request: Request): Promise<Response | PlainResponse> =>
    answerSafely(request, options.basePath ?? '');
  return {
    operations: blueprint.operations,
    state: engine.state,
    resources: engine.resources,
    app,
    graphql: engine.graphql,
    streams: engine.streams,
    admit: (handshake) => admit(engine, handshake, options.basePath ?? ''),
    respond,
    fetch: async (request) => asResponse(await respond(request)),
  };
}
