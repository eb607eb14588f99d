import type { Blueprint, Operation } from '@counterpart/schemas';
import { Hono } from 'hono';
import { basePath } from 'hono/route';
import { composeAnswer, type AnswerTools } from './answer/answer.ts';
import { declaresMember, type Typing } from './request/coerce.ts';
import { credentialNames, missingCredentials } from './request/credentials.ts';
import { decodePath, decodeRequest, type DecodedRequest, type RawRequest } from './request/decode-request.ts';
import { isObject } from './schema/json-value.ts';
import {
  answerResponse,
  BODY_TOO_LARGE,
  readRaw,
  refused,
  unknownPath,
  wrongMethod,
  type Outcome,
} from './answer/exchange.ts';
import { problemLine, requestProblem, toResponse, type RequestProblem } from './answer/problem.ts';
import { createRouter, matchRoute, type RouteCandidate, type Router } from './route/router.ts';
import { samplerOf } from './sample/sample.ts';
import { createSchemaBook } from './schema/schema-book.ts';
import { createShapes } from './sample/shape.ts';
import type { MirrorState } from './state/mirror-state.ts';
import { createState } from './state/store.ts';
import { validateParameter, validateRequest } from './request/validate-request.ts';

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
  /** Path prefix to take off before an operation is looked for, such as `/mirror/pets`. */
  readonly basePath?: string;
  /** What the mirror keeps; default: an empty state of its own. */
  readonly state?: MirrorState;
  /** Asked before a valid request is answered and before anything kept changes; undefined: the mirror answers. */
  readonly override?: (exchange: MirrorExchange) => Response | undefined | Promise<Response | undefined>;
  readonly log?: (entry: MirrorLogEntry) => void;
}

/** The simulated service: answers operation paths. Hand requests to `fetch`, or place `app` with hono's `route`. */
export interface Mirror {
  readonly operations: readonly Operation[];
  readonly state: MirrorState;
  readonly app: Hono;
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Everything a mirror answers with; made once. */
interface Engine {
  readonly blueprint: Blueprint;
  readonly strictAuth: boolean;
  readonly router: Router;
  readonly typing: Typing;
  readonly tools: AnswerTools;
  readonly state: MirrorState;
  readonly override: MirrorOptions['override'];
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

interface Reading {
  readonly request: DecodedRequest;
  readonly problems: readonly RequestProblem[];
}

/** How much of a request its operation does not know; looked at only where several operations share a route. */
function strangers({ request }: Reading, typing: Typing): number {
  const { body, unknownQuery } = request;
  const members = isObject(body?.value) ? Object.keys(body.value) : [];
  const schema = body?.content.schema ?? true;
  return unknownQuery.length + members.filter((name) => !declaresMember(schema, name, typing)).length;
}

/** Of operations that share a route, the one that the request breaks least, and of those the one that knows most of it. */
async function readBestFitting(
  engine: Engine,
  candidates: readonly RouteCandidate[],
  raw: RawRequest,
): Promise<Reading | undefined> {
  const { blueprint, typing } = engine;
  const readings: Reading[] = [];
  for (const candidate of candidates) {
    const credentials = credentialNames(blueprint, candidate.operation);
    const request = await decodeRequest(candidate, raw, typing, credentials);
    readings.push({ request, problems: validateRequest(request, typing.book) });
  }
  if (readings.length < 2) return readings[0];
  const ranked = readings.map((reading) => ({ reading, strangers: strangers(reading, typing) }));
  ranked.sort((a, b) => a.reading.problems.length - b.reading.problems.length || a.strangers - b.strangers);
  return ranked[0]?.reading;
}

async function handle(engine: Engine, raw: RawRequest): Promise<Outcome> {
  const match = matchRoute(engine.router, raw.method, raw.path, raw.query);
  if (match.kind === 'unknown') return refused(unknownPath(raw, match.near));
  if (match.kind === 'wrong-method') return refused(wrongMethod(raw, match.allow));
  const reading = await readBestFitting(engine, fittingGroup(match.groups, engine.typing), raw);
  if (!reading) return refused(unknownPath(raw, []));
  const { request, problems } = reading;
  const { operation } = request;
  const unauthorised = engine.strictAuth ? missingCredentials(engine.blueprint, operation, raw) : undefined;
  if (unauthorised) return refused(unauthorised, operation);
  const invalid = requestProblem(problems);
  if (invalid) return refused(invalid, operation, problems);
  const { state } = engine;
  const overridden = await engine.override?.({ operation, request, raw, state });
  if (overridden) return { response: overridden, operation, problems: [] };
  const composed = composeAnswer(request, raw.headers, engine.tools);
  if ('problem' in composed) return refused(composed.problem, operation);
  return { response: answerResponse(composed.answer, request, match.bodyless), operation, problems: [] };
}

/** Makes the mirror of a blueprint; schemas are compiled when the first request needs them. */
export function createMirror(blueprint: Blueprint, options: MirrorOptions = {}): Mirror {
  const book = createSchemaBook(blueprint.types);
  const engine: Engine = {
    blueprint,
    strictAuth: options.strictAuth ?? false,
    router: createRouter(blueprint.operations),
    typing: { book, shapeOf: createShapes(book.type) },
    tools: { book, sampler: samplerOf(book, options.seed ?? 1) },
    state: options.state ?? createState(),
    override: options.override,
  };
  const app = new Hono();
  app.all('*', async (context) => {
    const start = performance.now();
    const request = context.req.raw;
    const raw = await readRaw(request, options.basePath ?? basePath(context).replace(/\/$/, ''));
    const { response, operation, problems } = raw ? await handle(engine, raw) : refused(BODY_TOO_LARGE);
    options.log?.({
      method: request.method,
      path: raw?.path ?? context.req.path,
      ...(operation ? { operation: operation.name } : {}),
      status: response.status,
      durationMs: performance.now() - start,
      problems: problems.map(problemLine),
    });
    return response;
  });
  app.onError((error) =>
    toResponse({
      status: 500,
      slug: 'mirror-failure',
      title: 'The mirror failed',
      detail: `The mirror of ${blueprint.id} could not answer: ${error.message}`,
    }),
  );
  return {
    operations: blueprint.operations,
    state: engine.state,
    app,
    fetch: async (request) => app.fetch(request),
  };
}
