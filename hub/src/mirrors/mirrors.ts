import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  Blueprint,
  type CounterpartError,
  errorCatalogue,
  hubError,
  toCounterpartError,
  toProblem,
} from '@counterpart/schemas';
import { z } from 'zod';

export interface Mirrors {
  /** Answers a request whose path is `/mirror/<id>/…` as the service of that server would. */
  handle(request: Request): Promise<Response>;
}

interface Running {
  readonly stamp: string;
  readonly mirror: Promise<(request: Request) => Promise<Response>>;
}

/** Blueprints are megabytes and mirrors compile validators: only so many are kept warm. */
const MAX_WARM = 32;

/** The simulated services of all built servers, each made on its first request and made anew when its blueprint changes. */
export function createMirrors(options: {
  readonly directoryOf: (id: string) => string | undefined;
  readonly seed: number;
}): Mirrors {
  const warm = new Map<string, Running>();
  const mirrorOf = (id: string): Running => {
    const directory = options.directoryOf(id);
    if (directory === undefined) throw hubError('SERVER_UNKNOWN', { server: id, suggestion: '' });
    const file = join(directory, 'blueprint.json');
    if (!existsSync(file)) throw hubError('MIRROR_IMPOSSIBLE', { server: id });
    const stamp = `${directory} ${statSync(file).mtimeMs}`;
    const known = warm.get(id);
    if (known?.stamp === stamp) return known;
    const running = { stamp, mirror: startMirror(file, options.seed) };
    warm.delete(id);
    warm.set(id, running);
    const oldest = warm.keys().next();
    if (warm.size > MAX_WARM && !oldest.done) warm.delete(oldest.value);
    return running;
  };
  return {
    async handle(request) {
      const url = new URL(request.url);
      const [, , id = '', ...rest] = url.pathname.split('/');
      try {
        const mirror = await mirrorOf(id).mirror;
        url.pathname = `/${rest.join('/')}`;
        return await mirror(new Request(url, request));
      } catch (thrown) {
        return problemResponse(toCounterpartError(thrown));
      }
    },
  };
}

function problemResponse(error: CounterpartError): Response {
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json(toProblem(error), { status: errorCatalogue[error.code].status, headers });
}

/** The engine is loaded with the first mirror: most hubs only relay. */
async function startMirror(file: string, seed: number): Running['mirror'] {
  const { createMirror } = await import('@counterpart/scaffolds/mirror/mirror');
  const parsed = Blueprint.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw hubError('BLUEPRINT_INVALID', { file, detail: z.prettifyError(parsed.error) });
  const mirror = createMirror(parsed.data, { seed });
  return async (request) => mirror.fetch(request);
}
