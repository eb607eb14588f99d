import * as oauth from 'oauth4webapi';
import { describeFailure, hostOf, requestOptions, signInError } from './protocol.ts';
import type { SignIn } from './sign-in.ts';

/** An authorization server and whether its issuer is known: only then can an answer's issuer be compared (RFC 9207). */
export interface KnownServer {
  readonly metadata: oauth.AuthorizationServer;
  readonly issuerKnown: boolean;
}

const WELL_KNOWN = '/.well-known/openid-configuration';

/** The issuer that a discovery address belongs to (OpenID Connect Discovery 1.0, 4); it may also be given as the issuer itself. */
const issuerOf = (url: string): URL => {
  const issuer = new URL(url);
  if (issuer.pathname.endsWith(WELL_KNOWN))
    issuer.pathname = issuer.pathname.slice(0, -WELL_KNOWN.length) || '/';
  return issuer;
};

async function discover(issuer: URL, algorithm: 'oidc' | 'oauth2', signal: AbortSignal) {
  const response = await oauth.discoveryRequest(issuer, {
    algorithm,
    ...requestOptions(issuer.href, signal),
  });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** Rejects with SIGN_IN_FAILED: an OpenID Connect scheme has nothing but its metadata. */
async function discovered(server: string, url: string, signal: AbortSignal): Promise<KnownServer> {
  try {
    return { metadata: await discover(issuerOf(url), 'oidc', signal), issuerKnown: true };
  } catch (cause) {
    throw signInError(server, describeFailure(cause, hostOf(url)), cause);
  }
}

/** Of several metadata documents the one that speaks of the described token endpoint; others are of somebody else. */
async function published(
  tokenUrl: string,
  signal: AbortSignal,
): Promise<oauth.AuthorizationServer | undefined> {
  const issuer = new URL(new URL(tokenUrl).origin);
  for (const algorithm of ['oauth2', 'oidc'] as const) {
    const metadata = await discover(issuer, algorithm, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (metadata?.token_endpoint === tokenUrl) return metadata;
  }
  return undefined;
}

/**
 * The authorization server of a scheme: as described, completed by what it publishes of itself (RFC 8414) where that agrees
 * with the description.
 */
export async function findServer(server: string, signIn: SignIn, signal: AbortSignal): Promise<KnownServer> {
  if (signIn.discoveryUrl !== undefined) return discovered(server, signIn.discoveryUrl, signal);
  const { tokenUrl = '', authorizationUrl, deviceUrl } = signIn;
  const metadata = await published(tokenUrl, signal);
  const described = {
    ...(authorizationUrl === undefined ? {} : { authorization_endpoint: authorizationUrl }),
    ...(deviceUrl === undefined ? {} : { device_authorization_endpoint: deviceUrl }),
    token_endpoint: tokenUrl,
  };
  return {
    metadata: { issuer: new URL(tokenUrl).origin, ...metadata, ...described },
    issuerKnown: metadata !== undefined,
  };
}
