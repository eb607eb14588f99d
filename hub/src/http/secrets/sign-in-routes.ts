import { BeginSignInRequest, type BegunSignIn, LendRequest, type SignInList } from '@counterpart/schemas';
import { type SignInProgress, type SignOutReport, SignOutRequest } from '@counterpart/schemas';
import type { Context, Hono } from 'hono';
import { readBody } from '../read-body.ts';
import { queryOf } from '../routes/query.ts';

/** Signing in to services, as the admin API needs it. */
export interface SignInService {
  list(): Promise<SignInList>;
  begin(server: string, request: BeginSignInRequest): Promise<BegunSignIn>;
  /** After at most `waitMs`; rejects with why it failed. */
  progress(id: string, waitMs: number): Promise<SignInProgress>;
  signOut(server: string, request: SignOutRequest): Promise<SignOutReport>;
  /** For a server that shows its own key. Rejects with AUTH_REQUIRED, GRANT_MISSING, GRANT_ENDED or GRANT_UNRENEWED. */
  lend(server: string, key: string, request: LendRequest): Promise<object>;
}

/** Where servers of the hub ask for tokens: with a key of their own, which opens nothing else. */
export const LENDING_PATH = '/grants/';

const bearer = (c: Context): string =>
  /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';

/** Routes under `/api/auth`, and the one that lends tokens. */
export function addSignInRoutes(app: Hono, signIns: SignInService): void {
  app.get('/api/auth', async (c) => c.json(await signIns.list()));
  app.get('/api/auth/logins/:id', async (c) =>
    c.json(await signIns.progress(c.req.param('id'), queryOf(c, '/api/auth/logins/:id').waitMs)),
  );
  app.post('/api/auth/:server/login', async (c) =>
    c.json(await signIns.begin(c.req.param('server'), await readBody(c, BeginSignInRequest)), 201),
  );
  app.post('/api/auth/:server/logout', async (c) =>
    c.json(await signIns.signOut(c.req.param('server'), await readBody(c, SignOutRequest))),
  );
  app.post(`${LENDING_PATH}:server`, async (c) => {
    c.header('cache-control', 'no-store');
    return c.json(await signIns.lend(c.req.param('server'), bearer(c), await readBody(c, LendRequest)));
  });
}
