import { createServer, type Http2Session } from 'node:http2';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Blueprint } from '@counterpart/schemas';
import { answererOf, type CallMirror } from './answer-call.ts';

/** How every HTTP/2 connection begins (RFC 9113, 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0');

/**
 * Speaks gRPC on the port of a server that is HTTP/1 otherwise: a connection that begins as HTTP/2 is taken from it. The
 * returned function drops what is connected.
 */
export function serveGrpc(server: Server, blueprint: Blueprint, mirror: CallMirror): () => void {
  const sessions = new Set<Http2Session>();
  const grpc = createServer();
  grpc.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // A connection that breaks is the caller's affair.
    session.on('error', () => undefined);
  });
  const answer = answererOf(blueprint, mirror);
  grpc.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    void answer(stream, headers);
  });
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    hearBeginning(socket, (isHttp2) => {
      if (isHttp2) grpc.emit('connection', socket);
      else for (const listener of listeners) Reflect.apply(listener, server, [socket]);
    });
  });
  return () => {
    for (const session of sessions) session.destroy();
  };
}

/** Reads as much of a connection as tells its protocol, and gives it back unread. */
function hearBeginning(socket: Socket, decide: (isHttp2: boolean) => void): void {
  let heard = Buffer.alloc(0);
  const hear = (chunk: Buffer): void => {
    heard = Buffer.concat([heard, chunk]);
    const length = Math.min(heard.length, PREFACE.length);
    const isLike = heard.subarray(0, length).equals(PREFACE.subarray(0, length));
    // A beginning may come in pieces of any size.
    if (isLike && length < PREFACE.length) return;
    socket.off('data', hear);
    socket.pause();
    socket.unshift(heard);
    decide(isLike);
    process.nextTick(() => socket.resume());
  };
  socket.on('data', hear);
}
