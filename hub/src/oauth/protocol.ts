import { hubError, type CounterpartError } from '@counterpart/schemas';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';

/** Longest wait for one answer of an authorization server. */
const TIMEOUT_MS = 30_000;
/** Tokens and metadata are small; an endless answer must not fill the memory. */
const MOST_BYTES = 256 * 1024;

/** A client as an authorization server knows it. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Reads an answer whole, up to a bound, before anything interprets it. */
async function boundedFetch(
  url: string,
  options: oauth.CustomFetchOptions<string, unknown>,
): Promise<Response> {
  const { body: form, method, headers, signal } = options;
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(signal ? { signal } : {}),
    ...(typeof form === 'string' || form instanceof URLSearchParams ? { body: form } : {}),
  });
  const parts: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const part of body ?? []) {
    size += part.byteLength;
    if (size > MOST_BYTES) throw new Error(`its answer has more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  const bodyless = response.status === 204 || response.status === 304;
  return new Response(bodyless ? null : Buffer.concat(parts), {
    status: response.status,
    headers: response.headers,
  });
}

/** Options of every request: bounded in time and size, unencrypted to this machine only (RFC 8252, 8.3). */
export function requestOptions(url: string, signal?: AbortSignal) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return {
    [oauth.customFetch]: boundedFetch,
    [oauth.allowInsecureRequests]: URL.canParse(url) && LOOPBACK.has(new URL(url).hostname),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
}

/** How the client proves itself: in the way the metadata names, else in the header (RFC 6749, 2.3.1). */
export function clientAuth(
  server: oauth.AuthorizationServer,
  { clientSecret }: ClientIdentity,
): oauth.ClientAuth {
  if (clientSecret === undefined) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported;
  const inBody = methods?.includes('client_secret_post') === true && !methods.includes('client_secret_basic');
  return inBody ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret);
}

/** Text of others in a message: one line of visible characters, and not much of it. */
const plain = (text: string): string =>
  text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll('`', "'")
    .slice(0, 200);

/** The error code an authorization server gave (RFC 6749, 5.2); undefined for any other failure. */
export function refusalCode(thrown: unknown): string | undefined {
  const refused =
    thrown instanceof oauth.ResponseBodyError || thrown instanceof oauth.AuthorizationResponseError;
  return refused && /^[\w-]{1,60}$/.test(thrown.error) ? thrown.error : undefined;
}

/** What went wrong with an authorization server, in words without any token. */
export function describeFailure(thrown: unknown, where: string): string {
  const code = refusalCode(thrown);
  if (thrown instanceof oauth.ResponseBodyError || thrown instanceof oauth.AuthorizationResponseError) {
    const said = thrown.error_description === undefined ? '' : ` (${plain(thrown.error_description)})`;
    return `${where} refused it with ${code ?? 'an unreadable code'}${said}`;
  }
  if (thrown instanceof oauth.WWWAuthenticateChallengeError) return `${where} did not accept the client`;
  if (thrown instanceof oauth.OperationProcessingError || thrown instanceof oauth.UnsupportedOperationError)
    return `the answer of ${where} is not usable: ${thrown.message}`;
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError')
    return `${where} did not answer in time`;
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return `${where} could not be asked: ${cause instanceof Error ? plain(cause.message) : 'unknown'}`;
}

/** Where somebody is asked, for messages. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

/** A failed sign-in as an error of the catalogue; one that is one stays. */
export const signInError = (server: string, detail: string, cause?: unknown): CounterpartError =>
  hubError('SIGN_IN_FAILED', { server, detail }, cause === undefined ? {} : { cause });

/**
 * The answer without its identity token: the hub asks who may call, not who somebody is, and without metadata there is
 * nothing to check such a token against.
 */
export async function withoutIdentity(response: Response): Promise<Response> {
  const text = await response.text();
  let body = text;
  try {
    const { id_token: _, ...rest } = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    body = JSON.stringify(rest);
  } catch {
    // not an object: told as such by whoever reads it
  }
  return new Response(body, { status: response.status, headers: response.headers });
}
