import { type CounterpartError, hubError, toCounterpartError } from '@counterpart/schemas';
import type * as oauth from 'oauth4webapi';
import type { Clock } from '../kernel/clock.ts';
import { beginCodeFlow, type FlowOptions } from './code-flow.ts';
import { beginDeviceFlow } from './device-flow.ts';
import { newGrant } from './grant.ts';
import type { LoginRequest, LoginsOptions, LoginStep } from './logins.ts';
import { findServer, type KnownServer } from './metadata.ts';
import { describeFailure, hostOf, signInError } from './protocol.ts';

/** A sign-in that was begun. */
export interface Started {
  readonly step: LoginStep;
  /** The scopes that were granted, once the grant is stored. */
  readonly finished: Promise<readonly string[]>;
}

/** Begins a sign-in; rejects with the catalogue's errors. */
export async function startLogin(
  request: LoginRequest,
  options: LoginsOptions & { readonly stop: AbortController },
): Promise<Started> {
  const { server, signIn, client, port } = request;
  const { signal } = options.stop;
  const known = await findServer(server, signIn, signal);
  const host = hostOf(known.metadata.token_endpoint ?? '');
  const scopes = request.scopes ?? signIn.scopes;
  const flow: FlowOptions = { known, client, scopes, signal };
  const keep = (answered: Promise<oauth.TokenEndpointResponse>): Promise<readonly string[]> =>
    stored(answered, { request, known, scopes, host }, options);
  try {
    if (flowOf(request, known) === 'code') {
      const { url, redirectUri, finished } = await beginCodeFlow({ ...flow, port });
      return { step: { kind: 'code', url, redirectUri }, finished: keep(finished) };
    }
    const wait = (delayMs: number, until: AbortSignal): Promise<void> => delay(options.clock, delayMs, until);
    const { finished, completeUrl, ...step } = await beginDeviceFlow({ ...flow, wait });
    return {
      step: { kind: 'device', ...step, ...(completeUrl === undefined ? {} : { completeUrl }) },
      finished: keep(finished),
    };
  } catch (cause) {
    throw failed(server, cause, host);
  }
}

const failed = (server: string, cause: unknown, host: string): CounterpartError => {
  const known = toCounterpartError(cause);
  return known.code === 'INTERNAL' ? signInError(server, describeFailure(cause, host), cause) : known;
};

function flowOf({ server, flow }: LoginRequest, { metadata }: KnownServer): 'code' | 'device' {
  const has = {
    code: metadata.authorization_endpoint !== undefined,
    device: metadata.device_authorization_endpoint !== undefined,
  };
  const chosen = flow ?? (has.code ? 'code' : 'device');
  if (has[chosen] && metadata.token_endpoint !== undefined) return chosen;
  const lacks = chosen === 'code' ? 'no page to sign in at' : 'no sign-in by a code for devices';
  throw hubError('SIGN_IN_UNAVAILABLE', { server, detail: `its service names ${lacks}` });
}

interface Asked {
  readonly request: LoginRequest;
  readonly known: KnownServer;
  readonly scopes: readonly string[];
  readonly host: string;
}

async function stored(
  answered: Promise<oauth.TokenEndpointResponse>,
  { request: { server, signIn, client }, known: { metadata }, scopes, host }: Asked,
  { grants, clock, signedIn, stop }: LoginsOptions & { readonly stop: AbortController },
): Promise<readonly string[]> {
  let answer: oauth.TokenEndpointResponse;
  try {
    answer = await answered;
  } catch (cause) {
    const { aborted } = stop.signal;
    const reason: unknown = stop.signal.reason;
    if (aborted && reason instanceof Error) throw signInError(server, reason.message, cause);
    throw failed(server, cause, host);
  }
  const grant = newGrant(answer, { scheme: signIn.scheme, metadata, client, scopes, now: clock.now() });
  await grants.save(server, grant);
  await signedIn();
  return grant.scopes;
}

function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      cancel();
      reject(signal.reason instanceof Error ? signal.reason : new Error('ended'));
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', ended);
      resolve();
    });
    if (signal.aborted) ended();
    else signal.addEventListener('abort', ended, { once: true });
  });
}
