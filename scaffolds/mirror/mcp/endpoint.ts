import {
  eraOf,
  errorLine,
  MODERN_VERSIONS,
  parseMessage,
  RPC,
  RpcError,
  Session,
  type Era,
  type Incoming,
} from '@counterpart/kit/mcp';
import type { Blueprint, Json, McpFacet, Operation } from '@counterpart/schemas';
import { BODY_TOO_LARGE, MAX_BODY_BYTES } from '../answer/exchange.ts';
import { toResponse } from '../answer/problem.ts';
import { essence, negotiate } from '../request/media-type.ts';
import { headerMismatch } from './headers.ts';
import { offerOf } from './offer.ts';

const HEADER_MISMATCH = -32_020;
const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';
/** Headers that belong to the message that carried the call. */
const OF_THE_CARRIER = /^(?:accept|connection|content-.*|host|mcp-.*|transfer-encoding)$/;

/** What is spoken for. */
export interface McpSubject {
  readonly blueprint: Blueprint;
  readonly mcp: McpFacet;
  /** Address below which the REST twin has its paths. */
  readonly base: string;
  readonly ask: (request: Request) => Promise<Response>;
}

type Call = Extract<Incoming, { kind: 'request' }>;

/** How the answer travels: one JSON document, or an event of a stream. */
type Form = typeof JSON_TYPE | typeof EVENTS_TYPE;

const spoken = (text: string, form: Form, status = 200): Response => {
  const body = form === JSON_TYPE ? text : `data: ${text}\n\n`;
  return new Response(body, { status, headers: { 'content-type': form, 'cache-control': 'no-store' } });
};

const failed = (id: Call['id'] | null, status: number, code: number, message: string): Response =>
  spoken(errorLine(id, { code, message }), JSON_TYPE, status);

/** One request of MCP over Streamable HTTP, of 2026-07-28 or before; nothing is remembered between two of them. */
export async function answerMcp(request: Request, subject: McpSubject): Promise<Response> {
  const { method, headers } = request;
  if (method !== 'POST')
    return new Response('An MCP server: send it a POST.\n', { status: 405, headers: { allow: 'POST' } });
  const types = [JSON_TYPE, EVENTS_TYPE].map((mediaType) => ({ mediaType }));
  const form = negotiate(headers.get('accept') ?? undefined, types)?.mediaType;
  if (form === undefined)
    return failed(null, 406, RPC.invalidRequest, `Accept has to take ${JSON_TYPE} or ${EVENTS_TYPE}.`);
  if (essence(headers.get('content-type') ?? '') !== JSON_TYPE)
    return failed(null, 415, RPC.invalidRequest, `The body has to be ${JSON_TYPE}.`);
  if (Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return toResponse(BODY_TOO_LARGE);
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES) return toResponse(BODY_TOO_LARGE);
  const message = parseMessage(text);
  if (message.kind === 'invalid') return failed(message.id, 400, message.code, message.message);
  if (message.kind !== 'request') return new Response(null, { status: 202 });
  return answerCall({ message, text, request, form: form === JSON_TYPE ? JSON_TYPE : EVENTS_TYPE }, subject);
}

interface Asked {
  readonly message: Call;
  readonly text: string;
  readonly request: Request;
  readonly form: Form;
}

/** The era of a request whose headers agree with its body. Throws RpcError. */
function checkedEra({ message, request }: Asked): Era {
  const era = message.method === 'initialize' ? 'legacy' : eraOf(message.params);
  const mismatch =
    era === 'modern' ? headerMismatch(request.headers, message, MODERN_VERSIONS[0]) : undefined;
  if (mismatch !== undefined)
    throw new RpcError(HEADER_MISMATCH, `The headers do not fit the body: ${mismatch}.`);
  return era;
}

async function answerCall(asked: Asked, { blueprint, mcp, base, ask }: McpSubject): Promise<Response> {
  const { message, request, text, form } = asked;
  let era: Era;
  try {
    era = checkedEra(asked);
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    return spoken(errorLine(message.id, thrown), JSON_TYPE, 400);
  }
  let refusal: Response | undefined;
  const twin = async (operation: Operation, args: Json): Promise<Response> => {
    const response = await ask(twinRequest(request, `${base}${operation.http.path}`, args));
    // Who may not ask is told by HTTP, for clients renew their credentials on that.
    if (response.status === 401) refusal = response.clone();
    return response;
  };
  const lines: string[] = [];
  const session = new Session(offerOf(blueprint, mcp, twin), (...line) => lines.push(joined(line)), true);
  session.receive(text);
  await session.idle();
  const [line = ''] = lines;
  if (refusal !== undefined) return refusal;
  if (message.method === 'subscriptions/listen' && isNotification(line)) return held(line);
  return spoken(line, form, era === 'modern' && isUnknownMethod(line) ? 404 : 200);
}

const joined = (line: readonly (string | Uint8Array)[]): string =>
  line.map((part) => (typeof part === 'string' ? part : Buffer.from(part).toString('utf8'))).join('');

const isNotification = (line: string): boolean => parseMessage(line).kind === 'notification';

const isUnknownMethod = (line: string): boolean =>
  line.length < 2_000 && line.includes(`"error":{"code":${RPC.unknownMethod},`);

function twinRequest({ headers: given, signal }: Request, url: string, args: Json): Request {
  const headers = new Headers([...given].filter(([name]) => !OF_THE_CARRIER.test(name)));
  headers.set('content-type', JSON_TYPE);
  headers.set('accept', JSON_TYPE);
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(args), signal });
}

/** A subscription: acknowledged, and open until the client leaves; of what is mirrored nothing changes. */
function held(acknowledged: string): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${acknowledged}\n\n`)),
  });
  return new Response(body, { headers: { 'content-type': EVENTS_TYPE, 'cache-control': 'no-store' } });
}
