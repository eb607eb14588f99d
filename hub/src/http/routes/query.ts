import { AuditQuery, hubError, type CounterpartError } from '@counterpart/schemas';
import type { Context, Next } from 'hono';
import { matchedRoutes } from 'hono/route';
import { z } from 'zod';
import { didYouMean } from '../../kernel/nearest.ts';

const text = z.string().optional();

function whole(least: number, most: number) {
  const message =
    most === Number.MAX_SAFE_INTEGER
      ? 'a whole number is needed'
      : `a whole number from ${least} to ${most} is needed`;
  return z.coerce.number(message).int(message).min(least, message).max(most, message);
}

/** Longest time that a request for the progress of a sign-in waits. */
const LONGEST_WAIT_MS = 25_000;

/** Query parameters of the routes under `/api` that take any. */
const QUERIES = {
  '/api/audit': AuditQuery.extend({
    after: whole(0, Number.MAX_SAFE_INTEGER).optional(),
    limit: whole(1, 1_000).optional(),
  }),
  '/api/auth/logins/:id': z.strictObject({ waitMs: whole(0, LONGEST_WAIT_MS).default(0) }),
  '/api/conversations/:id/export': z.strictObject({
    format: z.enum(['json', 'markdown'], 'it is json or markdown').default('json'),
  }),
  '/api/events': z.strictObject({ since: whole(0, Number.MAX_SAFE_INTEGER).default(0), follow: text }),
  '/api/flow-runs': z.strictObject({ flow: text, limit: whole(1, 1_000).default(50) }),
  '/api/logs': z.strictObject({ server: text, lines: whole(1, 10_000).default(200) }),
  '/api/memory': z.strictObject({ kind: text }),
  '/api/prompts/:name': z.strictObject({ version: text }),
  '/api/routes': z.strictObject({ limit: whole(1, 1_000).optional() }),
  '/api/tools': z.strictObject({ server: text }),
  '/api/tools/:server/:tool': z.strictObject({
    raw: z.enum(['0', '1'], 'it is 0 or 1').default('0'),
  }),
} as const;
type Queries = typeof QUERIES;

const NO_QUERY = z.strictObject({});

/** The query of a request to a route that takes one. Throws INPUT_INVALID. */
export function queryOf<P extends keyof Queries>(c: Context, path: P): z.output<Queries[P]> {
  return parsed(c, QUERIES[path]) as z.output<Queries[P]>; // Which schema it is stands in the path.
}

/** Refuses what a route under `/api` would not read: a mistyped parameter would be given in vain. */
export async function onlyKnownQuery(c: Context, next: Next): Promise<void> {
  const path = matchedRoutes(c).find(({ method }) => method !== 'ALL')?.path;
  if (path !== undefined) parsed(c, isKnown(path) ? QUERIES[path] : NO_QUERY);
  await next();
}

const isKnown = (path: string): path is keyof Queries => Object.hasOwn(QUERIES, path);

function parsed(c: Context, schema: z.ZodObject): unknown {
  const twice = Object.entries(c.req.queries()).find(([, values]) => values.length > 1);
  if (twice !== undefined) throw refused(c, `${twice[0]} is given ${twice[1].length} times`);
  const query = schema.safeParse(c.req.query());
  if (query.success) return query.data;
  const known = Object.keys(schema.shape);
  throw refused(c, query.error.issues.map((issue) => describe(issue, known)).join('; '));
}

const refused = (c: Context, detail: string): CounterpartError =>
  hubError('INPUT_INVALID', { subject: c.req.path, detail });

function describe(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code !== 'unrecognized_keys') return `${issue.path.join('.')}: ${issue.message}`;
  const [name = ''] = issue.keys;
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  return `there is no query parameter ${name.slice(0, 100)}; ${takes}.${didYouMean(name, known)}`;
}
