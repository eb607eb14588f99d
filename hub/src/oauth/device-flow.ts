import * as oauth from 'oauth4webapi';
import type { FlowOptions } from './code-flow.ts';
import { clientAuth, refusalCode, requestOptions, withoutIdentity } from './protocol.ts';

/** Milliseconds; rejects when the signal ends it. */
export type Wait = (delayMs: number, signal: AbortSignal) => Promise<void>;

/** A sign-in on any device: what the person types where, and the tokens once they have agreed. */
export interface DeviceFlow {
  readonly userCode: string;
  readonly verificationUrl: string;
  /** With the code in it, where the service has such. */
  readonly completeUrl: string | undefined;
  readonly expiresInSeconds: number;
  readonly finished: Promise<oauth.TokenEndpointResponse>;
}

/** RFC 8628, 3.2 and 3.5. */
const USUAL_INTERVAL_SECONDS = 5;
const SLOWER_BY_SECONDS = 5;

/** Begins a device authorization grant (RFC 8628). Rejects with what the service answered. */
export async function beginDeviceFlow(options: FlowOptions & { readonly wait: Wait }): Promise<DeviceFlow> {
  const { known, client, scopes, signal } = options;
  const { metadata } = known;
  const ours: oauth.Client = { client_id: client.clientId };
  const response = await oauth.deviceAuthorizationRequest(
    metadata,
    ours,
    clientAuth(metadata, client),
    scopes.length === 0 ? {} : { scope: scopes.join(' ') },
    requestOptions(metadata.device_authorization_endpoint ?? '', signal),
  );
  const begun = await oauth.processDeviceAuthorizationResponse(metadata, ours, response);
  return {
    userCode: begun.user_code,
    verificationUrl: begun.verification_uri,
    completeUrl: begun.verification_uri_complete,
    expiresInSeconds: begun.expires_in,
    finished: poll(begun, options),
  };
}

/** Asks until the person has decided, no faster than it is told to, and not past the end of the code. */
async function poll(
  {
    device_code: code,
    interval = USUAL_INTERVAL_SECONDS,
    expires_in: life,
  }: oauth.DeviceAuthorizationResponse,
  { known: { metadata }, client, signal, wait }: FlowOptions & { readonly wait: Wait },
): Promise<oauth.TokenEndpointResponse> {
  const ours: oauth.Client = { client_id: client.clientId };
  let seconds = interval;
  for (let waited = 0; waited <= life; waited += seconds) {
    await wait(seconds * 1_000, signal);
    const response = await oauth.deviceCodeGrantRequest(
      metadata,
      ours,
      clientAuth(metadata, client),
      code,
      requestOptions(metadata.token_endpoint ?? '', signal),
    );
    try {
      return await oauth.processDeviceCodeResponse(metadata, ours, await withoutIdentity(response));
    } catch (thrown) {
      const refusal = refusalCode(thrown);
      if (refusal === 'slow_down') seconds += SLOWER_BY_SECONDS;
      else if (refusal !== 'authorization_pending') throw thrown;
    }
  }
  throw new Error('nobody agreed before the code ended');
}
