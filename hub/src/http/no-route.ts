import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { Hono } from 'hono';
import { isProbe } from './health.ts';

/** What a request is told that no route takes: how else its path is asked (RFC 9110, 15.5.6), or that there is nothing at it. */
export function noRoute(app: Hono, method: string, path: string): CounterpartError {
  // Probes are answered before any route is looked for.
  const methods = isProbe(path) ? ['GET', 'HEAD'] : methodsAt(app, path);
  return methods.length === 0
    ? hubError('ROUTE_UNKNOWN', { path })
    : hubError('ROUTE_METHOD', { path, method, methods: methods.join(', ') });
}

/** Methods of the routes that a path fits; what stands before all of them, such as a limit, is none. */
function methodsAt({ router, routes }: Hono, path: string): string[] {
  const known = new Set(routes.map(({ method }) => method).filter((method) => method !== 'ALL'));
  const taken = [...known].filter((method) =>
    router.match(method, path)[0].some(([[, route]]) => route.method === method),
  );
  return taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).toSorted();
}
