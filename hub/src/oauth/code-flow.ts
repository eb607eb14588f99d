import * as oauth from 'oauth4webapi';
import { type LoopbackRedirect, openLoopback } from './loopback.ts';
import type { KnownServer } from './metadata.ts';
import { clientAuth, type ClientIdentity, requestOptions, withoutIdentity } from './protocol.ts';

export interface FlowOptions {
  readonly known: KnownServer;
  readonly client: ClientIdentity;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

/** A sign-in that was begun: where the person goes, and the tokens once they have agreed. */
export interface CodeFlow {
  readonly url: string;
  readonly redirectUri: string;
  readonly finished: Promise<oauth.TokenEndpointResponse>;
}

/** Begins an authorization code grant with PKCE (RFC 6749, 4.1; RFC 7636; RFC 9700, 2.1.1). Rejects with PORT_TAKEN. */
export async function beginCodeFlow(
  options: FlowOptions & { readonly port?: number | undefined },
): Promise<CodeFlow> {
  const { known, client, scopes, signal, port } = options;
  const { metadata } = known;
  const [state, verifier, nonce] = [
    oauth.generateRandomState(),
    oauth.generateRandomCodeVerifier(),
    oauth.generateRandomNonce(),
  ];
  const loopback = await openLoopback(state, port);
  const url = new URL(metadata.authorization_endpoint ?? '');
  const openid = scopes.includes('openid');
  const parameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: loopback.redirectUri,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(openid ? { nonce } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const finished = finish({
    known,
    client,
    loopback,
    state,
    verifier,
    signal,
    nonce: openid ? nonce : undefined,
  });
  return { url: url.href, redirectUri: loopback.redirectUri, finished };
}

interface Begun extends Omit<FlowOptions, 'scopes'> {
  readonly loopback: LoopbackRedirect;
  readonly state: string;
  readonly verifier: string;
  /** Undefined: no identity was asked for. */
  readonly nonce: string | undefined;
}

async function finish(begun: Begun): Promise<oauth.TokenEndpointResponse> {
  const { known, client, loopback, state, verifier, nonce, signal } = begun;
  const { metadata } = known;
  try {
    const answered = await whileWaiting(loopback.arrived, signal);
    // Without metadata there is no issuer to compare with. Answers cannot be mixed up all the same: each sign-in has a
    // listener and a state of its own.
    if (!known.issuerKnown) answered.searchParams.delete('iss');
    const ours: oauth.Client = { client_id: client.clientId };
    const parameters = oauth.validateAuthResponse(metadata, ours, answered, state);
    const tokenUrl = metadata.token_endpoint ?? '';
    const response = await oauth.authorizationCodeGrantRequest(
      metadata,
      ours,
      clientAuth(metadata, client),
      parameters,
      loopback.redirectUri,
      verifier,
      requestOptions(tokenUrl, signal),
    );
    if (nonce === undefined || !known.issuerKnown)
      return await oauth.processAuthorizationCodeResponse(metadata, ours, await withoutIdentity(response));
    return await oauth.processAuthorizationCodeResponse(metadata, ours, response, { expectedNonce: nonce });
  } finally {
    loopback.close();
  }
}

function whileWaiting<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('ended'));
    signal.addEventListener('abort', ended, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended));
  });
}
