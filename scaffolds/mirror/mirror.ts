import type { Blueprint, Operation } from '@counterpart/schemas';
import { Hono } from 'hono';
import { basePath } from 'hono/route';
import { composeAnswer, type Answer, type AnswerTools } from './answer.ts';
import { declaresMember, type Typing } from './coerce.ts';
import { credentialNames, missingCredentials } from './credentials.ts';
import { decodePath, decodeRequest, type DecodedRequest, type RawRequest } from './decode-request.ts';
import { isObject } from './json-value.ts';
import {
  problemLine,
  requestProblem,
  toResponse,
  type MirrorProblem,
  type RequestProblem,
} from './problem.ts';
import { createRouter, matchRoute, type RouteCandidate } from './router.ts';
import { samplerOf } from './sample.ts';
import { createSchemaBook } from './schema-book.ts';
import { createShapes } from './shape.ts';
import { validateParameter, validateRequest } from './validate-request.ts';

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

export interface MirrorOptions {
  /** Same seed and same request: same answer. Default 1. */
  readonly seed?: number;
  /** Requests without any credential of any alternative are answered 401. Default false. */
  readonly strictAuth?: boolean;
  /** Path prefix to take off before an operation is looked for, such as `/mirror/pets`. */
  readonly basePath?: string;
  readonly log?: (entry: MirrorLogEntry) => void;
}

/** The simulated service: answers operation paths. Hand requests to `fetch`, or place `app` with hono's `route`. */
export interface Mirror {
  readonly operations: readonly Operation[];
  readonly app: Hono;
  fetch(request: Request): Promise<Response>;
}

/** Largest request body taken, in bytes. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_NOTES = 10;

/** What became of a request: the response, and what is said of it in the log. */
interface Outcome {
  readonly response: Response;
  readonly operation?: Operation;
  readonly problems: readonly RequestProblem[];
}

const refused = (
  problem: MirrorProblem,
  operation?: Operation,
  problems: readonly RequestProblem[] = [],
): Outcome => ({
  response: named(toResponse(problem), operation),
  ...(operation ? { operation } : {}),
  problems,
});

/** Names the operation that answered, so that a caller sees which one its request reached. */
function named(response: Response, operation: Operation | undefined): Response {
  if (operation) response.headers.set('x-mirror-operation', operation.name);
  return response;
}

function unknownPath(raw: RawRequest, near: readonly string[]): MirrorProblem {
  return {
    status: 404,
    slug: 'path-unknown',
    title: 'No operation has this path',
    detail: `No operation has the path ${raw.path}${near.length > 0 ? `; near to it: ${near.join(', ')}` : ''}.`,
    members: { near },
  };
}

function wrongMethod(raw: RawRequest, allow: readonly string[]): MirrorProblem {
  return {
    status: 405,
    slug: 'method-not-allowed',
    title: 'The path does not take this method',
    detail: `${raw.path} takes ${allow.join(', ')}, not ${raw.method}.`,
    headers: { allow: allow.join(', ') },
    members: { allow },
  };
}

/** Query parameters that were sent and mean nothing: tolerated, but said. */
function notes(request: DecodedRequest): Record<string, string> {
  const names = request.unknownQuery.slice(0, MAX_NOTES).map(encodeURIComponent);
  return names.length > 0 ? { 'x-mirror-notes': `unknown query parameters: ${names.join(', ')}` } : {};
}

function answerResponse(answer: Answer, request: DecodedRequest, bodyless: boolean): Response {
  const empty = bodyless || answer.body === undefined || [204, 205, 304].includes(answer.status);
  const body = empty || !answer.body ? null : new Blob([Uint8Array.from(answer.body)]);
  return named(
    new Response(body, { status: answer.status, headers: { ...answer.headers, ...notes(request) } }),
    request.operation,
  );
}

async function readRaw(request: Request, basePath: string): Promise<RawRequest | undefined> {
  const url = new URL(request.url);
  const path =
    url.pathname.startsWith(`${basePath}/`) || url.pathname === basePath
      ? url.pathname.slice(basePath.length)
      : url.pathname;
  const declaredBytes = Number(request.headers.get('content-length') ?? 0);
  if (declaredBytes > MAX_BODY_BYTES) return undefined;
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length > MAX_BODY_BYTES) return undefined;
  return {
    method: request.method,
    path: path === '' ? '/' : path,
    query: url.search.slice(1),
    headers: request.headers,
    body,
  };
}

const TOO_LARGE: MirrorProblem = {
  status: 413,
  slug: 'body-too-large',
  title: 'The body is too large',
  detail: `The mirror takes bodies of up to ${MAX_BODY_BYTES} bytes.`,
};

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

/** Makes the mirror of a blueprint; schemas are compiled when the first request needs them. */
export function createMirror(blueprint: Blueprint, options: MirrorOptions = {}): Mirror {
  const router = createRouter(blueprint.operations);
  const book = createSchemaBook(blueprint.types);
  const typing: Typing = { book, shapeOf: createShapes(book.type) };
  const tools: AnswerTools = { book, sampler: samplerOf(book, options.seed ?? 1) };

  /** Of operations that share a route, the one that the request breaks least, and of those the one that knows most of it. */
  async function readBestFitting(
    candidates: readonly RouteCandidate[],
    raw: RawRequest,
  ): Promise<Reading | undefined> {
    const readings: Reading[] = [];
    for (const candidate of candidates) {
      const request = await decodeRequest(
        candidate,
        raw,
        typing,
        credentialNames(blueprint, candidate.operation),
      );
      readings.push({ request, problems: validateRequest(request, book) });
    }
    return readings.toSorted(
      (a, b) => a.problems.length - b.problems.length || strangers(a) - strangers(b),
    )[0];
  }

  /** How much of a request its operation does not know; looked at only where several operations share a route. */
  function strangers({ request }: Reading): number {
    const { body, unknownQuery } = request;
    const members = isObject(body?.value) ? Object.keys(body.value) : [];
    const schema = body?.content.schema ?? true;
    return unknownQuery.length + members.filter((name) => !declaresMember(schema, name, typing)).length;
  }

  async function handle(raw: RawRequest): Promise<Outcome> {
    const match = matchRoute(router, raw.method, raw.path, raw.query);
    if (match.kind === 'unknown') return refused(unknownPath(raw, match.near));
    if (match.kind === 'wrong-method') return refused(wrongMethod(raw, match.allow));
    const candidates = fittingGroup(match.groups, typing);
    const reading = await readBestFitting(candidates, raw);
    if (!reading) return refused(unknownPath(raw, []));
    const { request, problems } = reading;
    const { operation } = request;
    const unauthorised =
      options.strictAuth === true ? missingCredentials(blueprint, operation, raw) : undefined;
    if (unauthorised) return refused(unauthorised, operation);
    const invalid = requestProblem(problems);
    if (invalid) return refused(invalid, operation, problems);
    const composed = composeAnswer(request, raw.headers, tools);
    if ('problem' in composed) return refused(composed.problem, operation);
    return { response: answerResponse(composed.answer, request, match.bodyless), operation, problems: [] };
  }

  async function answer(request: Request, prefix: string): Promise<Response> {
    const start = performance.now();
    const raw = await readRaw(request, prefix);
    const { response, operation, problems } = raw ? await handle(raw) : refused(TOO_LARGE);
    options.log?.({
      method: request.method,
      path: raw?.path ?? new URL(request.url).pathname,
      ...(operation ? { operation: operation.name } : {}),
      status: response.status,
      durationMs: performance.now() - start,
      problems: problems.map(problemLine),
    });
    return response;
  }

  const app = new Hono();
  app.all('*', (context) =>
    answer(context.req.raw, options.basePath ?? basePath(context).replace(/\/$/, '')),
  );
  return { operations: blueprint.operations, app, fetch: async (request) => app.fetch(request) };
}
