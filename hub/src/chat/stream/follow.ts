import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { Follower, Journal } from './journal.ts';

/** Between two signs of life on a silent stream: less than what proxies wait. */
const ALIVE_MS = 15_000;
const ALIVE = ': still here\n\n';
const LAST_CHUNK = '0\r\n\r\n';

export interface FollowOptions {
  /** The number of the first frame that is wanted. */
  readonly from: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Writes a journal out as server-sent events, at the speed of the connection; when that is lost it leaves the journal. */
export function followOver(
  req: IncomingMessage,
  res: ServerResponse,
  journal: Journal,
  { from, headers }: FollowOptions,
): void {
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  });
  req.socket.setNoDelay(true);
  const body = bodyOf(res);
  // With the first frames, where there are any: each writing of its own is a packet.
  if (journal.next <= from) res.flushHeaders();
  const alive = setInterval(() => {
    if (!req.socket.writableNeedDrain) body.write(ALIVE, false);
  }, ALIVE_MS);
  alive.unref();
  const followed = journal.follow(from, body);
  // Of a connection on which another answer is still being written, room is not ours.
  const drained = (): void => void (res.socket !== null && followed.resume());
  res.on('drain', followed.resume);
  req.socket.on('drain', drained);
  // Lost, or all was written: a journal that is done has let go of this follower before.
  res.once('close', () => {
    clearInterval(alive);
    req.socket.off('drain', drained);
    followed.leave();
  });
}

/**
 * Writes each text as one chunk of HTTP (RFC 9112, 7.1) in one piece: node:http hands its length, the text and its end to the
 * system apart, which costs more than all else that is done to a short text. Behind the head, which is node:http's, texts go
 * straight to the connection, once it is this answer's turn on it. Clients of HTTP/1.0 get no chunks.
 */
function bodyOf(res: ServerResponse): Follower {
  if (!res.chunkedEncoding) return { write: (text) => res.write(text), end: () => res.end() };
  res.chunkedEncoding = false;
  let isBegun = false;
  let hasEnd = false;
  return {
    write(text, isLast) {
      hasEnd = isLast;
      const bytes = Buffer.byteLength(text);
      const chunk = `${bytes.toString(16)}\r\n${text}\r\n${isLast ? LAST_CHUNK : ''}`;
      const to: Writable = isBegun ? (res.socket ?? res) : res;
      isBegun = true;
      // Where each character is a byte, the two are the same, and this one is copied as it is.
      return to.write(chunk, bytes === text.length ? 'latin1' : 'utf8');
    },
    end: () => res.end(hasEnd ? '' : LAST_CHUNK),
  };
}
