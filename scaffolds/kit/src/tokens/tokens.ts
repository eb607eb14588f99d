import type { Blueprint, Operation } from '@counterpart/schemas';
import { credentialNames, type CredentialNames } from '../compile/env-names.ts';
import { tokenUrlOf } from '../compile/token-urls.ts';
import type { Env } from '../env.ts';
import { requestToken, type Token } from './token-request.ts';

/** The environment of one call, with the tokens it was given; `forget` after the service refused one. */
export interface Authorised {
  readonly env: Env;
  /** True when a token of this call was made by this server: the next one is new, and the call may be tried again. */
  forget(): boolean;
}

interface Kept {
  readonly token: Promise<Token>;
}

/** By token endpoint, client and scopes; a process has few of them. */
const kept = new Map<string, Kept>();
/** The last refresh token of a grant, where a service replaces it with each use. */
const replaced = new Map<string, string>();

interface Obtainable {
  readonly name: string;
  readonly key: string;
  readonly grant: Parameters<typeof requestToken>[0];
}

function obtainable(
  blueprint: Blueprint,
  { scheme, scopes, env }: { scheme: string; scopes: readonly string[]; env: Env },
  names: CredentialNames,
): Obtainable | undefined {
  const described = blueprint.auth.schemes[scheme];
  const { token, clientId, clientSecret, refreshToken } = names;
  if (described?.kind !== 'oauth2' || token === undefined || env(token) !== undefined) return undefined;
  const url = tokenUrlOf(blueprint, described, names, env);
  const refresh = refreshToken === undefined ? undefined : env(refreshToken);
  const id = clientId === undefined ? undefined : env(clientId);
  const secret = clientSecret === undefined ? undefined : env(clientSecret);
  if (url === undefined || (refresh === undefined && (id === undefined || secret === undefined)))
    return undefined;
  const key = JSON.stringify([url, id, refresh, [...scopes].sort()]);
  return {
    name: token,
    key,
    grant: {
      tokenUrl: url,
      clientId: id,
      clientSecret: secret,
      refreshToken: refresh === undefined ? undefined : (replaced.get(key) ?? refresh),
      // A refreshed token has the scopes it was granted with.
      scopes: refresh === undefined ? scopes : [],
    },
  };
}

async function tokenFor({ key, grant }: Obtainable, signal: AbortSignal): Promise<string> {
  const known = kept.get(key);
  if (known !== undefined) {
    const { token, expiresAt } = await known.token;
    if (expiresAt > Date.now()) return token;
    if (kept.get(key) === known) kept.delete(key);
  }
  // Calls at the same time share one request; a failure is not kept.
  const asked = kept.get(key) ?? { token: requestToken(grant, signal) };
  kept.set(key, asked);
  try {
    const { token, refreshToken } = await asked.token;
    if (refreshToken !== undefined) replaced.set(key, refreshToken);
    return token;
  } catch (error) {
    if (kept.get(key) === asked) kept.delete(key);
    throw error;
  }
}

/**
 * The environment with an access token for every OAuth 2 scheme of the call that has none but a client's credentials or
 * a refresh token. Rejects with ToolFailure when the service gives none.
 */
export async function authorised(
  blueprint: Blueprint,
  operation: Pick<Operation, 'auth'>,
  env: Env,
  signal: AbortSignal,
): Promise<Authorised> {
  const names = credentialNames(blueprint);
  const wanted = (operation.auth ?? blueprint.auth.default).flatMap((requirement) =>
    Object.entries(requirement).flatMap(([scheme, scopes]) => {
      const found = obtainable(blueprint, { scheme, scopes, env }, names.get(scheme) ?? {});
      return found === undefined ? [] : [found];
    }),
  );
  const [first] = wanted;
  if (first === undefined) return { env, forget: () => false };
  const token = await tokenFor(first, signal);
  return {
    env: (name) => (name === first.name ? token : env(name)),
    forget: () => kept.delete(first.key),
  };
}
