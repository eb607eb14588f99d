import * as oauth from 'oauth4webapi';
import { type Grant, serverOf } from './grant.ts';
import {
  clientAuth,
  describeFailure,
  hostOf,
  refusalCode,
  requestOptions,
  withoutIdentity,
} from './protocol.ts';

/** What came of asking for a new access token. */
export type Renewal =
  | { readonly kind: 'renewed'; readonly answer: oauth.TokenEndpointResponse }
  /** The service will not renew it again. */
  | { readonly kind: 'ended'; readonly reason: string; readonly cause?: unknown }
  /** It may pass, and the grant with it must not be lost. */
  | { readonly kind: 'failed'; readonly reason: string; readonly cause: unknown };

/** Refusals that no second attempt changes (RFC 6749, 5.2). */
const FINAL = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client']);

/** Uses the refresh token of a grant once (RFC 6749, 6). Never rejects. */
export async function askAnew(grant: Grant): Promise<Renewal> {
  const host = hostOf(grant.tokenUrl);
  const { refreshToken, clientId, clientSecret } = grant;
  if (refreshToken === undefined)
    return { kind: 'ended', reason: `its token is used up, and ${host} gave nothing to renew it with` };
  const metadata = serverOf(grant);
  const ours: oauth.Client = { client_id: clientId };
  try {
    const response = await oauth.refreshTokenGrantRequest(
      metadata,
      ours,
      clientAuth(metadata, { clientId, clientSecret }),
      refreshToken,
      requestOptions(grant.tokenUrl),
    );
    const answer = await oauth.processRefreshTokenResponse(metadata, ours, await withoutIdentity(response));
    return { kind: 'renewed', answer };
  } catch (cause) {
    const reason = describeFailure(cause, host);
    return { kind: FINAL.has(refusalCode(cause) ?? '') ? 'ended' : 'failed', reason, cause };
  }
}

/** Whether the service took a grant back (RFC 7009). That it cannot be reached does not keep anybody signed in here. */
export async function revoke(grant: Grant): Promise<boolean> {
  const { revocationUrl, refreshToken, accessToken, clientId, clientSecret } = grant;
  const token = refreshToken ?? accessToken;
  if (revocationUrl === undefined || token === '') return false;
  const metadata = serverOf(grant);
  try {
    const response = await oauth.revocationRequest(
      metadata,
      { client_id: clientId },
      clientAuth(metadata, { clientId, clientSecret }),
      token,
      requestOptions(revocationUrl),
    );
    await oauth.processRevocationResponse(response);
    return true;
  } catch {
    return false;
  }
}
