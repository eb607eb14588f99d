import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { addressOf } from '../http/address.ts';
import { HttpFailure } from '../http/failures/http-failure.ts';
import { CONNECT_TIMEOUT_MS } from '../http/limits.ts';
import { send } from '../http/send.ts';
import { isMembers, parseJson, type Members } from '../json-value.ts';

const WELL_KNOWN = '/.well-known/openid-configuration';
const MOST_DOCUMENT_BYTES = 256 * 1024;
const TIMEOUT_MS = 30_000;

/** Where a document at `url` is read from: descriptions name the document, or only its issuer. */
export const discoveryUrl = (url: string): string =>
  url.includes('/.well-known/') ? url : `${url.replace(/\/+$/, '')}${WELL_KNOWN}`;

const isLoopback = (hostname: string): boolean => /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(hostname);

/** A token endpoint takes a client's secret: only over TLS, or on this machine. */
const isSafe = (url: string): boolean => {
  const { protocol, hostname } = addressOf(url);
  return protocol === 'https:' || isLoopback(hostname);
};

/** Why a discovery document is not used; `why` begins with a verb. */
const refusal = (from: string, why: string): ToolFailure =>
  new ToolFailure(`No access token: the discovery document of ${addressOf(from).host} ${why}.`, {
    nextStep:
      "Set the address of the provider's own discovery document, or an access token, in this server's environment.",
  });

/** The issuer whose document stands at an address (OpenID Connect Discovery 1.0, 4; RFC 8414, 3). */
const issuerOf = (from: string): string => from.replace(/\/\.well-known\/[^/]+/, '');

/**
 * The token endpoint that a discovery document names. Throws ToolFailure when its issuer is not the one it was read from
 * (OpenID Connect Discovery 1.0, 4.3): another one's document would send the client's secret elsewhere.
 */
function endpointIn(document: Members, from: string): string {
  const { issuer, token_endpoint: tokenUrl } = document;
  const expected = issuerOf(from);
  if (typeof issuer !== 'string' || issuer.replace(/\/$/, '') !== expected)
    throw refusal(
      from,
      `is of the issuer ${JSON.stringify(issuer ?? null).slice(0, 200)}, not of ${expected}`,
    );
  if (typeof tokenUrl !== 'string' || !/^https?:/i.test(tokenUrl) || !URL.canParse(tokenUrl))
    throw refusal(from, 'names no token endpoint');
  if (!isSafe(tokenUrl)) throw refusal(from, 'names a token endpoint without TLS');
  return tokenUrl;
}

async function readDocument(from: string, signal: AbortSignal): Promise<Members> {
  const sent = await send(
    { method: 'GET', url: from, headers: { accept: 'application/json' } },
    {
      idempotent: true,
      hosts: [addressOf(from).host],
      timeoutMs: TIMEOUT_MS,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      maxBytes: MOST_DOCUMENT_BYTES,
      signal,
    },
  );
  if (sent.status !== 200) throw refusal(from, `cannot be read (status ${sent.status})`);
  const value = jsonOf(sent.body);
  if (!isMembers(value)) throw refusal(from, 'is not a JSON object');
  return value;
}

function jsonOf(body: Buffer): Json | undefined {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The token endpoint of the provider whose discovery document is at `url`. Rejects with ToolFailure. */
export async function tokenEndpoint(url: string, signal: AbortSignal): Promise<string> {
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    throw new ToolFailure('The address of the OpenID Connect discovery document is not an http(s) address.');
  const from = discoveryUrl(url);
  try {
    return endpointIn(await readDocument(from, signal), from);
  } catch (error) {
    if (error instanceof HttpFailure) throw new ToolFailure(`No access token: ${error.message}.`);
    throw error;
  }
}
