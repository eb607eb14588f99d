import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import { ToolFailure } from '../failure.ts';
import { brokerFailureIn } from '../http/broker.ts';
import { HttpFailure } from '../http/failures/http-failure.ts';
import { ENCODINGS, FrameReader, inflateOf, toFrame } from './frames.ts';
import { openSession, type SessionOptions } from './session.ts';
import { statusOf, statusOfHttp } from './status.ts';

/** What is sent. `url` has the path of the method. */
export interface GrpcRequest {
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly messages: readonly Uint8Array[];
}

export interface GrpcLimits extends SessionOptions {
  /** Until the status, or until what came by then is enough. */
  readonly timeoutMs: number;
  /** Of all messages together; a stream is ended there, and a larger message refused. */
  readonly maxBytes: number;
  /** Of a stream: it is ended when this many came. Absent: the method has one answer. */
  readonly mostMessages?: number | undefined;
  readonly onMessage?: ((count: number) => void) | undefined;
}

export interface GrpcAnswer {
  /** Number of the status; 0 for a stream that was ended here. */
  readonly status: number;
  readonly words: string;
  /** What `grpc-status-details-bin` holds, base64; empty where there is none. */
  readonly details: string;
  readonly messages: readonly Buffer[];
  /** The service ended the stream by itself. */
  readonly isComplete: boolean;
}

/**
 * Calls a method over HTTP/2, in plain text for `http:` URLs. Rejects with HttpFailure when no status comes, with
 * ProtoProblem for an answer that does not consist of messages, and with the signal's reason when it is aborted.
 */
export async function callGrpc(request: GrpcRequest, limits: GrpcLimits): Promise<GrpcAnswer> {
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const session = await openSession(request.url, limits);
  const state: State = { messages: [], headers: {}, trailers: {}, isEnded: false };
  const { host } = new URL(request.url);
  try {
    await exchanged(session, request, { ...limits, deadline, state });
    return answerOf(state, limits);
  } catch (error) {
    limits.signal.throwIfAborted();
    if (error instanceof ToolFailure) throw error;
    // A stream that goes on until the time is over has not failed.
    if (deadline.aborted && limits.mostMessages !== undefined) return ended(state);
    if (deadline.aborted)
      throw new HttpFailure('timeout', `${host} did not answer in ${limits.timeoutMs} ms`, { cause: error });
    throw brokenOf(error, host);
  } finally {
    session.destroy();
  }
}

interface State {
  readonly messages: Buffer[];
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader;
  trailers: IncomingHttpHeaders;
  isEnded: boolean;
}

interface Exchange extends GrpcLimits {
  readonly deadline: AbortSignal;
  readonly state: State;
}

async function exchanged(
  session: ClientHttp2Session,
  request: GrpcRequest,
  exchange: Exchange,
): Promise<void> {
  const { state, signal, deadline, timeoutMs } = exchange;
  const stream = session.request(
    {
      ...request.headers,
      ':method': 'POST',
      ':path': new URL(request.url).pathname,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-accept-encoding': ENCODINGS,
      'grpc-timeout': `${timeoutMs}m`,
    },
    { signal: AbortSignal.any([signal, deadline]) },
  );
  const answered = new Promise<void>((resolve) => {
    stream.once('response', (headers) => {
      state.headers = headers;
      resolve();
    });
    stream.once('close', resolve);
  });
  stream.on('trailers', (trailers: IncomingHttpHeaders) => {
    state.trailers = trailers;
  });
  // The reader below hears it too.
  stream.on('error', () => undefined);
  for (const message of request.messages) stream.write(toFrame(message));
  stream.end();
  await answered;
  const refused = await brokerFailureIn({ headers: state.headers, body: stream });
  if (refused !== undefined) throw refused;
  await collected(stream, exchange);
}

async function collected(stream: ClientHttp2Stream, exchange: Exchange): Promise<void> {
  const { state, maxBytes, mostMessages = Infinity, onMessage } = exchange;
  const reader = new FrameReader(maxBytes, await inflateOf(textOf(state.headers['grpc-encoding'])));
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // What is no gRPC is a page or a problem, and its head has said so.
    if (isOther(state)) return;
    for (const message of reader.push(chunk)) {
      size += message.length;
      state.messages.push(message);
      onMessage?.(state.messages.length);
      if (state.messages.length >= mostMessages || size > maxBytes) return;
    }
  }
  if (!isOther(state)) reader.end();
  state.isEnded = true;
}

const isOther = ({ headers }: State): boolean =>
  !(headers['content-type'] ?? '').startsWith('application/grpc') && headers['grpc-status'] === undefined;

const textOf = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');

const ended = ({ messages }: State): GrpcAnswer => ({
  status: 0,
  words: '',
  details: '',
  messages,
  isComplete: false,
});

const refusedAs = (status: number, words: string): GrpcAnswer => ({
  status,
  words,
  details: '',
  messages: [],
  isComplete: true,
});

function answerOf(state: State, { mostMessages }: GrpcLimits): GrpcAnswer {
  const { messages, headers, trailers, isEnded } = state;
  const httpStatus = headers[':status'] ?? 0;
  if (isOther(state))
    return refusedAs(statusOfHttp(httpStatus), `something answered HTTP ${httpStatus}, and not gRPC`);
  if (!isEnded && mostMessages !== undefined) return ended(state);
  const own = (name: string): string => textOf(trailers[name] ?? headers[name]);
  const told = own('grpc-status');
  if (!/^\d{1,3}$/.test(told))
    return { ...refusedAs(statusOf('UNKNOWN'), 'its answer ended without a status'), messages };
  return {
    status: Number(told),
    words: decoded(own('grpc-message')),
    details: own('grpc-status-details-bin'),
    messages,
    isComplete: true,
  };
}

/** Words are percent-encoded (gRPC over HTTP/2, Responses). */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What happened to a stream that did not end by itself, in the terms of gRPC (PROTOCOL-HTTP2, Errors). */
function brokenOf(error: unknown, host: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '' && error instanceof Error) return error;
  const reset = /NGHTTP2_\w+/.exec(error instanceof Error ? error.message : '')?.[0];
  if (code !== 'ERR_HTTP2_STREAM_ERROR' || reset === undefined) return HttpFailure.from(error, host);
  const isBusy = reset === 'NGHTTP2_REFUSED_STREAM' || reset === 'NGHTTP2_ENHANCE_YOUR_CALM';
  const words = isBusy ? 'takes no more calls just now' : 'ended the call before it was answered';
  return new HttpFailure('network', `${host} ${words} (${reset})`, { cause: error });
}

/** True where the service said itself that the time was over. */
export const isLate = ({ status }: GrpcAnswer): boolean => status === statusOf('DEADLINE_EXCEEDED');
