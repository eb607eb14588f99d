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

const drop = (key: string, one: Kept): boolean => kept.get(key) === one && kept.delete(key);

/** The token at hand, or a new one. Calls at the same time share one request, which no single one of them can end. */
async function tokenFor({
  key,
  grant,
}: Obtainable): Promise<{ readonly token: string; readonly from: Kept }> {
  const known = kept.get(key);
  if (known !== undefined) {
    const { token, expiresAt } = await known.token;
    if (expiresAt > Date.now()) return { token, from: known };
    drop(key, known);
  }
  const asked = kept.get(key) ?? { token: requestToken(grant, new AbortController().signal) };
  kept.set(key, asked);
  try {
    const { token, refreshToken } = await asked.token;
    if (refreshToken !== undefined) replaced.set(key, refreshToken);
    return { token, from: asked };
  } catch (error) {
    // A failure is not kept.
    drop(key, asked);
    throw error;
  }
}

/** Waits for a value no longer than the call lasts. */
async function whileCalled<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const ended = (): void =>
      reject(signal.reason instanceof Error ? signal.reason : new Error('the call ended'));
    signal.addEventListener('abort', ended, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended));
  });
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
  const { token, from } = await whileCalled(tokenFor(first), signal);
  return {
    env: (name) => (name === first.name ? token : env(name)),
    // Another call may have replaced it meanwhile: then there is a newer one to try.
    forget: () => drop(first.key, from) || kept.has(first.key),
  };
}
