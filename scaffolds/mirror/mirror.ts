import { hubError, type Blueprint, type Operation } from '@counterpart/schemas';
import { Hono } from 'hono';

/** One answered request, for logs and tests; never holds header values or bodies. */
export interface MirrorLogEntry {
  readonly method: string;
  readonly path: string;
  /** Name of the operation that answered; absent when none was found. */
  readonly operation?: string;
  readonly status: number;
  readonly durationMs: number;
  /** Breaches of the contract, each as `in name path: message`. */
  readonly problems: readonly string[];
}

export interface MirrorOptions {
  /** Same seed and same request: same answer. Default 1. */
  readonly seed?: number;
  /** Requests without any credential of any alternative are answered 401. Default false. */
  readonly strictAuth?: boolean;
  /** Path prefix to take off before an operation is looked for, such as `/mirror/pets`. */
  readonly basePath?: string;
  readonly log?: (entry: MirrorLogEntry) => void;
}

/** The simulated service: answers operation paths; mount `app` anywhere, or hand requests to `fetch`. */
export interface Mirror {
  readonly operations: readonly Operation[];
  readonly app: Hono;
  fetch(request: Request): Promise<Response>;
}

/** Makes the mirror of a blueprint; nothing is compiled before the first request that needs it. */
export function createMirror(blueprint: Blueprint, options: MirrorOptions = {}): Mirror {
  const app = new Hono();
  app.all('*', () => {
    throw hubError('INTERNAL', {
      detail: `the mirror of ${blueprint.id} is not ready (seed ${options.seed ?? 1})`,
    });
  });
  return { operations: blueprint.operations, app, fetch: async (request) => app.fetch(request) };
}
