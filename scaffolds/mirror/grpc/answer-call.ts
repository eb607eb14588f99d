import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import {
  decodeMessage,
  encodeMessage,
  ENCODINGS,
  FrameReader,
  inflateOf,
  ProtoProblem,
  statusOf,
  toFrame,
} from '@counterpart/kit/grpc';
import type { Blueprint, GrpcCall, GrpcFacet, Json } from '@counterpart/schemas';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import type { DropConnection } from '../faults/broken-body.ts';
import { isArray, isObject } from '../schema/json-value.ts';
import { isReflection, reflectionOf } from './reflection/reflect.ts';
import { refusalOf, type Refusal } from './refusal.ts';

/** Answers a call as the mirror's engine reads it: its messages as the JSON body of a POST to the method's path. */
export type AskMirror = (request: Request, drop: DropConnection) => Promise<Response>;

/** The mirror behind the calls. */
export interface CallMirror {
  readonly ask: AskMirror;
  /** Why no call is answered now; undefined: they are. */
  readonly closed: () => string | undefined;
}

/** Of one call's messages; larger ones are refused as gRPC servers do it. */
const MOST_BYTES = 16 * 1024 * 1024;

interface Called {
  readonly call: GrpcCall;
  readonly path: string;
  readonly hasBody: boolean;
}

/** Answers the streams of a blueprint's methods; never rejects. */
export function answererOf(
  blueprint: Blueprint,
  { ask, closed }: CallMirror,
): (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => Promise<void> {
  const { operations, grpc } = blueprint;
  const facet: GrpcFacet = grpc ?? { messages: {}, enums: {} };
  const calls = new Map<string, Called>(
    operations.flatMap(({ grpc: call, http }) =>
      call === undefined
        ? []
        : [[`/${call.service}/${call.method}`, { call, path: http.path, hasBody: http.body !== undefined }]],
    ),
  );
  const reflect = reflectionOf(blueprint);
  return async (stream, headers) => {
    const path = String(headers[':path']);
    const called = calls.get(path);
    const drop: DropConnection = () => stream.close(constants.NGHTTP2_CANCEL);
    if (!(headers['content-type'] ?? '').startsWith('application/grpc'))
      stream.respond({ ':status': 415 }, { endStream: true });
    else if (called === undefined && isReflection(path)) await reflect(stream);
    else if (called === undefined)
      refuse(stream, { status: 'UNIMPLEMENTED', words: `there is no method ${path}` });
    else if (closed() !== undefined) refuse(stream, { status: 'FAILED_PRECONDITION', words: closed() ?? '' });
    else
      try {
        const messages = await messagesOf(stream, headers);
        const values = messages.map((message) => decodeMessage(facet, called.call.input, message));
        const response = await ask(toRequest(called, headers, values), drop);
        if (!stream.destroyed) await respond(stream, facet, called.call, response);
      } catch (error) {
        refuse(stream, refusedFor(error));
      }
  };
}

/** What a caller hears of an error: who breaks the protocol is told what was wrong. */
function refusedFor(error: unknown): Refusal {
  const words = error instanceof Error ? error.message : String(error);
  if (error instanceof UnknownEncoding) return { status: 'UNIMPLEMENTED', words };
  if (error instanceof ProtoProblem)
    return { status: words.endsWith(' are the most') ? 'RESOURCE_EXHAUSTED' : 'INVALID_ARGUMENT', words };
  return { status: 'INTERNAL', words };
}

/** A compression that is not understood here (gRPC, Compression). */
class UnknownEncoding extends Error {}

/** Read to the end: who leaves a stream half read ends it, and could not answer on it. */
async function messagesOf(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Buffer[]> {
  const encoding = String(headers['grpc-encoding'] ?? 'identity');
  const inflate = await inflateOf(encoding);
  if (inflate === undefined && encoding !== 'identity')
    throw new UnknownEncoding(`the compression ${encoding} is not understood, only ${ENCODINGS}`);
  const reader = new FrameReader(MOST_BYTES, inflate);
  const messages: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES)
      throw new ProtoProblem(`the messages are too large: ${MOST_BYTES} bytes are the most`);
    messages.push(...reader.push(chunk));
  }
  reader.end();
  return messages;
}

/** The call as the engine reads it; pseudo headers and those of gRPC stay behind. Throws ProtoProblem. */
function toRequest(
  { call, path, hasBody }: Called,
  headers: IncomingHttpHeaders,
  values: readonly Json[],
): Request {
  const [first] = values;
  if (call.messages === undefined && (first === undefined || values.length > 1))
    throw new ProtoProblem(`this method takes one message, and ${values.length} came`);
  const kept = Object.entries(headers).flatMap(([name, text]): [string, string][] =>
    name.startsWith(':') ||
    /^(?:content-type|te|grpc-.*|content-length)$/.test(name) ||
    typeof text !== 'string'
      ? []
      : [[name, text]],
  );
  const body = call.messages === undefined ? first : { [call.messages]: values };
  return new Request(`http://${headers[':authority'] ?? 'mirror'}${path}`, {
    method: 'POST',
    headers: {
      ...Object.fromEntries(kept),
      accept: 'application/json',
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
  });
}

async function respond(
  stream: ServerHttp2Stream,
  facet: GrpcFacet,
  call: GrpcCall,
  response: Response,
): Promise<void> {
  const value = jsonIn(await response.text());
  if (!response.ok) {
    refuse(stream, refusalOf(response, value));
    return;
  }
  const listed = isObject(value) && isArray(value['messages']) ? value['messages'] : [];
  const values = call.bounds === undefined ? [value ?? {}] : listed;
  // What the engine makes up may have several members of a oneof.
  const messages = values.map((one) => encodeMessage(facet, call.output, one, { alternatives: 'first' }));
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  for (const message of messages) stream.write(toFrame(message));
  stream.end();
}

/** Words as a header takes them: what is not printable ASCII, and no more, is percent-encoded (gRPC, Responses). */
const escaped = (words: string): string =>
  words
    .toWellFormed()
    .replaceAll(/[^\x20-\x24\x26-\x7e]+/g, (text) =>
      [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
    );

/** A status without a message. */
function refuse(stream: ServerHttp2Stream, { status, words, details }: Refusal): void {
  if (stream.headersSent || stream.destroyed) return;
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(statusOf(status)),
      'grpc-message': escaped(words.slice(0, 1_000)),
      ...(status === 'UNIMPLEMENTED' ? { 'grpc-accept-encoding': ENCODINGS } : {}),
      ...(details === undefined ? {} : { 'grpc-status-details-bin': details }),
    },
    { endStream: true },
  );
}

function jsonIn(text: string): Json | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
