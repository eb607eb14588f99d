import { HttpFailure } from '../http/failures/http-failure.ts';
import { CONNECT_TIMEOUT_MS } from '../http/limits.ts';
import { send } from '../http/send.ts';
import { addressOf } from '../http/address.ts';
import { encodeForm } from '../http/percent.ts';
import { isMembers, parseJson } from '../json-value.ts';
import { ToolFailure } from '../failure.ts';

/** What a token endpoint is asked with (RFC 6749, 4.4 and 6). */
export interface Grant {
  readonly tokenUrl: string;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** Absent: the client's own credentials are the grant. */
  readonly refreshToken: string | undefined;
  readonly scopes: readonly string[];
}

/** An access token and how long it may be used. */
export interface Token {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The service has replaced the refresh token by this one. */
  readonly refreshToken: string | undefined;
  /** Of a token that the hub lends: which of them it is. */
  readonly generation?: number | undefined;
}

/** An answer that says nothing of its end is used this long. */
const USUAL_LIFE_MS = 3_600_000;
/** A token is given up this long before its end: the call must arrive with it. */
const SPARE_MS = 30_000;
const MOST_ANSWER_BYTES = 64 * 1024;
const TIMEOUT_MS = 30_000;

const form = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeForm(value)}`]))
    .join('&');

interface Answer {
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
}

async function ask(grant: Grant, inBody: boolean, signal: AbortSignal): Promise<Answer> {
  const { tokenUrl, clientId, clientSecret, refreshToken, scopes } = grant;
  const named = clientId !== undefined && clientSecret !== undefined && !inBody;
  const body = form({
    grant_type: refreshToken === undefined ? 'client_credentials' : 'refresh_token',
    refresh_token: refreshToken,
    scope: scopes.length === 0 ? undefined : scopes.join(' '),
    ...(named ? {} : { client_id: clientId, client_secret: clientSecret }),
  });
  const packed = Buffer.from(`${encodeForm(clientId ?? '')}:${encodeForm(clientSecret ?? '')}`).toString(
    'base64',
  );
  const sent = await send(
    {
      method: 'POST',
      url: tokenUrl,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(named ? { authorization: `Basic ${packed}` } : {}),
      },
      body: Buffer.from(body),
    },
    {
      idempotent: false,
      hosts: [addressOf(tokenUrl).host],
      timeoutMs: TIMEOUT_MS,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      maxBytes: MOST_ANSWER_BYTES,
      signal,
    },
  );
  return { status: sent.status, members: membersOf(sent.body) };
}

function membersOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(body.toString('utf8'));
    return isMembers(value) ? value : {};
  } catch {
    return {};
  }
}

/**
 * Asks for an access token: first with the client's credentials in the header, as RFC 6749 2.3.1 wants, then in the
 * body where the service takes them only there. Throws ToolFailure with what the service said, never with a secret.
 */
export async function requestToken(grant: Grant, signal: AbortSignal): Promise<Token> {
  const { host } = addressOf(grant.tokenUrl);
  try {
    let answer = await ask(grant, false, signal);
    if (answer.status >= 400 && grant.clientSecret !== undefined) answer = await ask(grant, true, signal);
    const { access_token: token, expires_in: life, refresh_token: next, error } = answer.members;
    if (answer.status >= 400 || typeof token !== 'string' || token === '') {
      const said = typeof error === 'string' && /^[\w-]{1,60}$/.test(error) ? `, "${error}"` : '';
      throw new ToolFailure(`${host} gave no access token (status ${answer.status}${said}).`, {
        nextStep:
          "Check the client id, the client secret and the refresh token in this server's environment.",
      });
    }
    const lifeMs = typeof life === 'number' && life > 0 ? life * 1_000 : USUAL_LIFE_MS;
    return {
      token,
      expiresAt: Date.now() + Math.max(lifeMs - SPARE_MS, lifeMs / 2),
      refreshToken: typeof next === 'string' && next !== '' ? next : undefined,
    };
  } catch (error) {
    if (error instanceof HttpFailure) throw new ToolFailure(`No access token: ${error.message}.`);
    throw error;
  }
}
