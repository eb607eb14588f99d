import type { IncomingMessage, ServerResponse } from 'node:http';

/** How the hub is, for whoever watches it. */
export interface Health {
  live(): boolean;
  ready(): boolean;
}

/** Whether a path is asked for by what only watches whether the hub lives. */
export const isProbe = (path: string): boolean => path === '/healthz' || path === '/readyz';

/** Answers `/healthz` and `/readyz`; false for any other request. Asked every few seconds, they are to cost nothing. */
export function answerHealth(
  path: string,
  health: Health,
  { method }: IncomingMessage,
  res: ServerResponse,
): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (!isProbe(path)) return false;
  const ready = health.ready();
  const body = JSON.stringify(path === '/healthz' ? { live: health.live() } : { ready });
  res.writeHead(path === '/readyz' && !ready ? 503 : 200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  res.end(body);
  return true;
}
