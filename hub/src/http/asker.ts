import type { IncomingMessage } from 'node:http';
import { hubError } from '@counterpart/schemas';
import type { MiddlewareHandler } from 'hono';
import { OWNER } from '../kernel/audit/principal.ts';

/** Who a request of the admin API comes from, as it was let in. */
const askers = new WeakMap<IncomingMessage, string>();

export const noteAsker = (req: IncomingMessage, asker: string): void => void askers.set(req, asker);

/** The principal that asks: the owner, or a person by name. Throws INTERNAL for a request that was let in by nobody. */
export function askerOf({ env }: { readonly env: unknown }): string {
  const { incoming } = env as { readonly incoming?: IncomingMessage }; // As the server of hono for Node gives it.
  const asker = incoming && askers.get(incoming);
  if (asker === undefined) throw hubError('INTERNAL', { detail: 'nobody knows who asks' });
  return asker;
}

/** What people may ask of the admin API; all of it is answered as they see it. The rest is the owner's. */
const PEOPLES: readonly (readonly [methods: string, path: RegExp])[] = [
  [
    'GET',
    /^\/(?:api|adapters|api\/me|api\/servers|api\/builds|api\/builds\/[^/]+|api\/tools|api\/tools\/(?:[^/]+\/)?openapi\.json)$/,
  ],
  ['POST', /^\/api\/(?:call|tools\/[^/]+\/[^/]+)$/],
  ['GET', /^\/api\/(?:chat\/pending|memory|cache|conversations(?:\/[^/]+(?:\/export)?)?)$/],
  ['POST', /^\/api\/(?:chat\/pending\/[^/]+|memory|conversations\/[^/]+(?:\/(?:branch|summary))?)$/],
  ['DELETE', /^\/api\/(?:memory\/[^/]+\/[^/]+|cache|conversations\/[^/]+)$/],
  ['POST', /^\/api\/builds(?:\/[^/]+\/(?:answer|cancel|retry|skip))?$/],
];

/** Lets people to what is theirs, and the owner to everything. */
export const onlyTheirs: MiddlewareHandler = async (c, next) => {
  const asker = askerOf(c);
  const { method, path } = c.req;
  const isTheirs = (methods: string, own: RegExp): boolean => methods.includes(method) && own.test(path);
  if (asker !== OWNER && !PEOPLES.some(([methods, own]) => isTheirs(methods, own)))
    throw hubError('OWNER_NEEDED', { subject: `${method} ${path}`, person: asker });
  await next();
};
