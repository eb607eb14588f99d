import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hubError } from '@counterpart/schemas';
import { nodeHttp } from '../kernel/protocol/node-http.ts';

const PATH = '/callback';

/** Waits on this machine for the browser to come back (RFC 8252, 7.3). */
export interface LoopbackRedirect {
  readonly redirectUri: string;
  /** The address the browser came with: exactly the redirect address, with parameters and the expected state. */
  readonly arrived: Promise<URL>;
  close(): void;
}

const page = (title: string, text: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{font:1.05rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.25rem;color-scheme:light dark}</style>
</head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;

const DONE = page('Back to the hub', 'The hub goes on from here. You can close this page.');
const LOST = page('Nothing here', 'This page waits for a sign-in that was begun elsewhere.');

/** Opens a listener of its own, on a free port unless one is given, for the one answer that carries `state`. Rejects with PORT_TAKEN. */
export async function openLoopback(state: string, port = 0): Promise<LoopbackRedirect> {
  let settle: (url: URL) => void = () => undefined;
  const arrived = new Promise<URL>((resolve) => {
    settle = resolve;
  });
  let redirectUri = '';
  const server = nodeHttp.createServer((request, response) => {
    const url = answerOf(request, redirectUri, state);
    answer(response, url === undefined ? 404 : 200);
    if (url) settle(url);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(hubError('PORT_TAKEN', { host: '127.0.0.1', port }, { cause })));
    server.listen(port, '127.0.0.1', resolve);
  });
  // The hub may end while nobody comes.
  server.unref();
  redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  return {
    redirectUri,
    arrived,
    close() {
      server.close();
      server.closeIdleConnections();
    },
  };
}

/** What is not exactly the answer that is waited for, such as a guess of another page, changes nothing. */
function answerOf(request: IncomingMessage, redirectUri: string, state: string): URL | undefined {
  const expected = new URL(redirectUri);
  if (request.method !== 'GET' || request.headers.host !== expected.host) return undefined;
  const url = URL.canParse(request.url ?? '', redirectUri)
    ? new URL(request.url ?? '', redirectUri)
    : undefined;
  if (url?.origin !== expected.origin || url.pathname !== PATH) return undefined;
  const states = url.searchParams.getAll('state');
  return states.length === 1 && states[0] === state ? url : undefined;
}

function answer(response: ServerResponse, status: 200 | 404): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(status === 200 ? DONE : LOST);
}
