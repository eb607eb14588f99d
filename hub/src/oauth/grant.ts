import type { AuthorizationServer, TokenEndpointResponse } from 'oauth4webapi';
import { z } from 'zod';
import type { ClientIdentity } from './protocol.ts';

/** What a sign-in left behind, as it lies in the vault. */
export const Grant = z.strictObject({
  scheme: z.string(),
  /** Counts the access tokens of this grant: a server that was refused one names it. */
  generation: z.int(),
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** Milliseconds since the epoch; absent: the service did not say. */
  expiresAt: z.number().optional(),
  obtainedAt: z.number(),
  scopes: z.array(z.string()),
  clientId: z.string(),
  clientSecret: z.string().optional(),
  issuer: z.string(),
  tokenUrl: z.string(),
  revocationUrl: z.string().optional(),
  authMethods: z.array(z.string()).optional(),
  /** Why it can be renewed no more; its tokens are gone then. */
  ended: z.string().optional(),
});
export type Grant = z.infer<typeof Grant>;

const PREFIX = 'oauth:';

/** Name of a grant in the vault: no environment can hold a variable of this form. */
export const grantName = (scheme: string): string => `${PREFIX}${scheme}`;

/** The scheme of a grant by its name in the vault; undefined for other secrets. */
export const schemeOf = (name: string): string | undefined =>
  name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;

/** Used before it ends by so much: the call must arrive with it. */
const SPARE_MS = 60_000;

/** Milliseconds that the access token may still be handed out; undefined: until it is refused. Pure. */
export function freshForMs({ expiresAt, obtainedAt }: Grant, now: number): number | undefined {
  if (expiresAt === undefined) return undefined;
  return Math.max(0, expiresAt - Math.min(SPARE_MS, (expiresAt - obtainedAt) / 4) - now);
}

export interface Issue {
  readonly scheme: string;
  readonly metadata: AuthorizationServer;
  readonly client: ClientIdentity;
  /** What was asked for: holds where the answer names no scopes (RFC 6749, 5.1). */
  readonly scopes: readonly string[];
  readonly now: number;
}

/** The grant that a token endpoint's answer makes. Pure. */
export function newGrant(
  answer: TokenEndpointResponse,
  { scheme, metadata, client, scopes, now }: Issue,
): Grant {
  return {
    scheme,
    generation: 1,
    ...tokensOf(answer, now),
    scopes: answer.scope === undefined ? [...scopes] : answer.scope.split(' '),
    clientId: client.clientId,
    ...(client.clientSecret === undefined ? {} : { clientSecret: client.clientSecret }),
    issuer: metadata.issuer,
    tokenUrl: metadata.token_endpoint ?? '',
    ...(metadata.revocation_endpoint === undefined ? {} : { revocationUrl: metadata.revocation_endpoint }),
    ...(metadata.token_endpoint_auth_methods_supported === undefined
      ? {}
      : { authMethods: metadata.token_endpoint_auth_methods_supported }),
  };
}

/** The grant after a renewal; a refresh token that is not replaced stays (RFC 6749, 6). Pure. */
export const renewed = (grant: Grant, answer: TokenEndpointResponse, now: number): Grant => {
  const { expiresAt: _, ...kept } = grant;
  return { ...kept, generation: grant.generation + 1, ...tokensOf(answer, now) };
};

/** The grant without its tokens, and why. Pure. */
export const endedGrant = (grant: Grant, reason: string): Grant => {
  const { refreshToken: _, expiresAt: __, ...kept } = grant;
  return { ...kept, accessToken: '', ended: reason };
};

function tokensOf(answer: TokenEndpointResponse, now: number) {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: life } = answer;
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(life === undefined ? {} : { expiresAt: now + life * 1_000 }),
    obtainedAt: now,
  };
}

/** The authorization server of a grant, as far as renewing and revoking need it. Pure. */
export const serverOf = ({ issuer, tokenUrl, revocationUrl, authMethods }: Grant): AuthorizationServer => ({
  issuer,
  token_endpoint: tokenUrl,
  ...(revocationUrl === undefined ? {} : { revocation_endpoint: revocationUrl }),
  ...(authMethods === undefined ? {} : { token_endpoint_auth_methods_supported: authMethods }),
});
