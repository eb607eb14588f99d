import type { AuthScheme, Blueprint, Operation } from '@counterpart/schemas';
import { chooseAlternative } from '../credentials/choose.ts';
import { credentialNames, type CredentialNames } from '../compile/credentials/env-names.ts';
import { tokenUrlOf } from '../compile/credentials/token-urls.ts';
import type { Env } from '../env.ts';
import { isBrokered } from '../http/broker.ts';
import { borrowToken, lenderOf } from './lent-token.ts';
import { requestToken, type Token } from './token-request.ts';

/** One call with the tokens it was given. */
export interface Authorised {
  readonly env: Env;
  /** The operation with the one alternative that the tokens are for, where they were obtained here. */
  of<T extends Pick<Operation, 'auth'>>(operation: T): T;
  /**
   * After the service refused a token: true when one of this call was made by this server. The next one is new, and the
   * call may be tried again.
   */
  forget(): boolean;
}

interface Kept {
  readonly token: Promise<Token>;
}

/** By token endpoint, client and scopes; a process has few of them. */
const kept = new Map<string, Kept>();
/** The last refresh token of a grant, where a service replaces it with each use. */
const replaced = new Map<string, string>();

/** The lent token that the service did not take last. */
const refused = new Map<string, number>();

/** A token to ask for. */
interface Obtainable {
  /** Variable that would hold it. */
  readonly name: string;
  readonly key: string;
  readonly request: (signal: AbortSignal) => Promise<Token>;
}

interface Asked {
  /** The scheme's name. */
  readonly name: string;
  readonly blueprint: Blueprint;
  readonly scheme: AuthScheme;
  readonly scopes: readonly string[];
  readonly names: CredentialNames;
  readonly env: Env;
}

/** Where tokens of a scheme are had: known at once, or told by the service itself. */
function endpointOf({ blueprint, scheme, names, env }: Asked): Endpoint | undefined {
  if (scheme.kind === 'openid') {
    const url = (names.openidUrl === undefined ? undefined : env(names.openidUrl)) ?? scheme.url;
    return { id: url, url: async (signal) => (await import('./discovery.ts')).tokenEndpoint(url, signal) };
  }
  const url = scheme.kind === 'oauth2' ? tokenUrlOf(blueprint, scheme, names, env) : undefined;
  return url === undefined ? undefined : { id: url, url: async () => url };
}

interface Endpoint {
  readonly id: string;
  url(signal: AbortSignal): Promise<string>;
}

function obtainable(asked: Asked): Obtainable | undefined {
  const { env, names, scopes } = asked;
  const { token, clientId, clientSecret, refreshToken } = names;
  if (token === undefined || env(token) !== undefined) return undefined;
  // A sign-in is a person's own; a client's credentials are the service's idea of a program.
  const lender = lenderOf(env);
  if (lender?.schemes.includes(asked.name) === true) {
    const key = JSON.stringify([lender.url, asked.name]);
    const borrow = (signal: AbortSignal) =>
      borrowToken(lender, asked.name, { refused: refused.get(key), signal });
    return { name: token, key, request: borrow };
  }
  const endpoint = endpointOf(asked);
  const refresh = refreshToken === undefined ? undefined : env(refreshToken);
  const id = clientId === undefined ? undefined : env(clientId);
  const secret = clientSecret === undefined ? undefined : env(clientSecret);
  if (endpoint === undefined || (refresh === undefined && (id === undefined || secret === undefined)))
    return undefined;
  const key = JSON.stringify([endpoint.id, id, secret, refresh, [...scopes].sort()]);
  return {
    name: token,
    key,
    request: async (signal) =>
      requestToken(
        {
          tokenUrl: await endpoint.url(signal),
          clientId: id,
          clientSecret: secret,
          refreshToken: refresh === undefined ? undefined : (replaced.get(key) ?? refresh),
          // A refreshed token has the scopes it was granted with.
          scopes: refresh === undefined ? scopes : [],
        },
        signal,
      ),
  };
}

const drop = (key: string, one: Kept): boolean => kept.get(key) === one && kept.delete(key);

/** The token at hand, or a new one. Calls at the same time share one request, which no single one of them can end. */
async function tokenFor({
  key,
  request,
}: Obtainable): Promise<{ readonly made: Token; readonly from: Kept }> {
  const known = kept.get(key);
  if (known !== undefined) {
    const made = await known.token;
    if (made.expiresAt > Date.now()) return { made, from: known };
    drop(key, known);
  }
  const asked = kept.get(key) ?? { token: request(new AbortController().signal) };
  kept.set(key, asked);
  try {
    const made = await asked.token;
    if (made.refreshToken !== undefined) replaced.set(key, made.refreshToken);
    return { made, from: asked };
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
 * The environment with an access token for every OAuth 2 and OpenID Connect scheme, of the alternative that the call is
 * made with, that has none but what one is obtained with. Rejects with ToolFailure when the service gives none.
 */
export async function authorised(
  blueprint: Blueprint,
  operation: Pick<Operation, 'auth'>,
  env: Env,
  signal: AbortSignal,
): Promise<Authorised> {
  const names = credentialNames(blueprint);
  const chosen = isBrokered(env) ? undefined : chooseAlternative(blueprint, operation, env, { grants: true });
  const wanted = Object.entries(chosen ?? {}).flatMap(([name, scopes]) => {
    const scheme = blueprint.auth.schemes[name];
    return scheme === undefined
      ? []
      : (obtainable({ blueprint, name, scheme, scopes, names: names.get(name) ?? {}, env }) ?? []);
  });
  if (chosen === undefined || wanted.length === 0) return { env, of: (one) => one, forget: () => false };
  const given = await Promise.all(
    wanted.map(async (one) => ({ ...one, ...(await whileCalled(tokenFor(one), signal)) })),
  );
  return {
    env: (name) => given.find((one) => one.name === name)?.made.token ?? env(name),
    of: (one) => ({ ...one, auth: [chosen] }),
    // Another call may have replaced one meanwhile: then there is a newer one to try.
    forget() {
      for (const { key, made } of given) if (made.generation !== undefined) refused.set(key, made.generation);
      return given.map((one) => drop(one.key, one.from) || kept.has(one.key)).includes(true);
    },
  };
}
