import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a page may read of an answer besides its body. */
const EXPOSED =
  'counterpart-conversation, mcp-session-id, mcp-protocol-version, www-authenticate, x-request-id, retry-after, x-should-retry';
/** For which a browser remembers that it may ask. */
const REMEMBERED_SECONDS = '600';
const NAMES = /^[\w, -]{1,1000}$/;

/**
 * Lets a page whose origin was found allowed read the answer (Fetch standard, CORS protocol). True: this was only the browser's
 * question whether it may ask, which comes without a token, and it is answered.
 */
export function answerCors(req: IncomingMessage, res: ServerResponse): boolean {
  const { origin } = req.headers;
  if (origin === undefined) return false;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('vary', 'origin');
  res.setHeader('access-control-expose-headers', EXPOSED);
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return false;
  // A `*` would leave out the one that matters, Authorization.
  const asked = req.headers['access-control-request-headers'] ?? '';
  res.setHeader('access-control-allow-headers', NAMES.test(asked) ? asked : 'authorization, content-type');
  res.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
  res.setHeader('access-control-max-age', REMEMBERED_SECONDS);
  if (req.headers['access-control-request-private-network'] === 'true')
    res.setHeader('access-control-allow-private-network', 'true');
  res.writeHead(204).end();
  return true;
}
