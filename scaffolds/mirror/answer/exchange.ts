import type { Operation } from '@counterpart/schemas';
import type { DecodedRequest, RawRequest } from '../request/decode-request.ts';
import type { Answer, AnswerTools } from './answer.ts';
import { errorBody, type ErrorNews } from './error-body.ts';
import { PlainResponse } from './plain-response.ts';
import { toResponse, type MirrorProblem, type RequestProblem } from './problem.ts';

/** What became of a request: the response, and what is said of it in the log. */
export interface Outcome {
  readonly response: Response | PlainResponse;
  readonly operation?: Operation;
  readonly problems: readonly RequestProblem[];
}

/** The same where the response is read and not only passed on. */
export interface ReadableOutcome extends Outcome {
  readonly response: Response;
}

/** Largest request body taken, in bytes. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_NOTES = 10;
const BODYLESS = [204, 205, 304];

/** Clients that put the address of a next page behind their base address ask for `/http://host/path`: the path is meant. */
const GLUED = /^\/https?:\/\/?[^/]+(?=\/)/;

const OPERATION_HEADER = 'x-mirror-operation';

/** Names the operation that answered, so that a caller sees which one its request reached. */
function named(response: Response, operation: Operation | undefined): Response {
  if (operation) response.headers.set(OPERATION_HEADER, operation.name);
  return response;
}

/** A request that is answered with a problem document. */
export function refused(
  problem: MirrorProblem,
  operation?: Operation,
  problems: readonly RequestProblem[] = [],
): ReadableOutcome {
  return { response: named(toResponse(problem), operation), ...(operation ? { operation } : {}), problems };
}

interface Refusal {
  readonly news: ErrorNews & Pick<MirrorProblem, 'headers' | 'members'>;
  readonly problems?: readonly RequestProblem[];
}

/** A refusal in the form the description gives its errors, with what is wrong beside it; else a problem document. */
export function refusedAsDescribed(
  { news, problems = [] }: Refusal,
  operation: Operation,
  tools: AnswerTools,
): Outcome {
  const errors = problems.map(({ kind: _kind, ...problem }) => ({ ...problem }));
  const declared = errorBody(operation, news, tools, errors.length > 0 ? { errors } : {});
  if (!declared) return refused(news, operation, problems);
  const headers = { ...news.headers, 'content-type': declared.mediaType };
  const response = new Response(JSON.stringify(declared.value), { status: news.status, headers });
  return { response: named(response, operation), operation, problems };
}

/** 304: the reader has this version already. */
export function notModified(tag: string, operation: Operation): Outcome {
  const response = new Response(null, { status: 304, headers: { etag: `"${tag}"` } });
  return { response: named(response, operation), operation, problems: [] };
}

/** 404: no template fits the path. */
export function unknownPath(raw: RawRequest, near: readonly string[]): MirrorProblem {
  return {
    status: 404,
    slug: 'path-unknown',
    title: 'No operation has this path',
    detail: `No operation has the path ${raw.path}${near.length > 0 ? `; near to it: ${near.join(', ')}` : ''}.`,
    members: { near },
  };
}

/** 405: the path is known, with other methods. */
export function wrongMethod(raw: RawRequest, allow: readonly string[]): MirrorProblem {
  return {
    status: 405,
    slug: 'method-not-allowed',
    title: 'The path does not take this method',
    detail: `${raw.path} takes ${allow.join(', ')}, not ${raw.method}.`,
    headers: { allow: allow.join(', ') },
    members: { allow },
  };
}

/** RFC 9110, 15.5.22. */
export const UPGRADE_REQUIRED = 426;

/** 426: the operation opens a WebSocket, and the request is good for that. */
export function upgradeNeeded({ name }: Operation): MirrorProblem {
  return {
    status: UPGRADE_REQUIRED,
    slug: 'upgrade-required',
    title: 'A WebSocket is needed',
    detail: `The operation ${name} opens a WebSocket: ask for the upgrade, at the mirror's own port.`,
    headers: { upgrade: 'websocket', connection: 'Upgrade' },
  };
}

/** 413: see `readRaw`. */
export const BODY_TOO_LARGE: MirrorProblem = {
  status: 413,
  slug: 'body-too-large',
  title: 'The body is too large',
  detail: `The mirror takes bodies of up to ${MAX_BODY_BYTES} bytes.`,
};

/** Query parameters that were sent and mean nothing: tolerated, but said. */
function notes(request: DecodedRequest): Record<string, string> {
  const names = request.unknownQuery.slice(0, MAX_NOTES).map(encodeURIComponent);
  return names.length > 0 ? { 'x-mirror-notes': `unknown query parameters: ${names.join(', ')}` } : {};
}

/** An answer as a response; HEAD gets its headers only. */
export function answerResponse(answer: Answer, request: DecodedRequest, isBodyless: boolean): PlainResponse {
  const isEmpty = isBodyless || answer.body === undefined || BODYLESS.includes(answer.status);
  const headers = { ...answer.headers, ...notes(request), [OPERATION_HEADER]: request.operation.name };
  return new PlainResponse(isEmpty ? undefined : answer.body, { status: answer.status, headers });
}

/** A path as asked for, without the prefix that the mirror is mounted at. */
export function pathUnder(asked: string, prefix: string): string {
  const path = asked.replace(GLUED, '');
  const rest = path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  return rest === '' ? '/' : rest;
}

const NO_BYTES = new Uint8Array();

/** The fetch standard gives GET and HEAD no body; asking for it would cost as much as an answer. */
const mayHaveBody = ({ method }: Request): boolean => method !== 'GET' && method !== 'HEAD';

/** A request with `prefix` taken off its path; undefined when its body is larger than 16 MiB. */
export async function readRaw(request: Request, prefix: string): Promise<RawRequest | undefined> {
  const declaredBytes = Number(request.headers.get('content-length') ?? 0);
  if (declaredBytes > MAX_BODY_BYTES) return undefined;
  const url = new URL(request.url);
  const body = mayHaveBody(request) ? new Uint8Array(await request.arrayBuffer()) : NO_BYTES;
  if (body.length > MAX_BODY_BYTES) return undefined;
  return {
    method: request.method,
    path: pathUnder(url.pathname, prefix),
    query: url.search.slice(1),
    headers: request.headers,
    body,
    address: `${url.origin}${url.pathname.replace(GLUED, '')}`,
  };
}
