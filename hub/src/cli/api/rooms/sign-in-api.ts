import { BegunSignIn, SignInList, SignInProgress, SignOutReport } from '@counterpart/schemas';
import type { BeginSignInRequest, SignOutRequest } from '@counterpart/schemas';
import type { Send } from './mirror-api.ts';

/** Signing in to services through one hub. Every method rejects with the catalogue's errors. */
export interface SignInApi {
  list(): Promise<SignInList>;
  begin(server: string, request: BeginSignInRequest): Promise<BegunSignIn>;
  /** Waits for a while; rejects with why it failed. */
  progress(id: string): Promise<SignInProgress>;
  signOut(server: string, request: SignOutRequest): Promise<SignOutReport>;
}

const WAIT_MS = 20_000;

/** Talks to `/api/auth`. */
export function createSignInApi(send: Send): SignInApi {
  const at = (name: string, verb: string): string => `/api/auth/${encodeURIComponent(name)}/${verb}`;
  return {
    list: () => send(SignInList, 'GET', '/api/auth'),
    begin: (server, request) => send(BegunSignIn, 'POST', at(server, 'login'), request),
    progress: (id) => send(SignInProgress, 'GET', `/api/auth/logins/${id}?waitMs=${WAIT_MS}`),
    signOut: (server, request) => send(SignOutReport, 'POST', at(server, 'logout'), request),
  };
}
