import { GRANTS_NAME } from '../compile/credentials/env-names.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import { addressOf } from '../http/address.ts';
import { HttpFailure } from '../http/failures/http-failure.ts';
import { CONNECT_TIMEOUT_MS } from '../http/limits.ts';
import { send } from '../http/send.ts';
import { isList, isMembers, parseJson } from '../json-value.ts';
import type { Token } from './token-request.ts';

/** Where the hub that started this server lends the tokens of its sign-ins, and for which schemes. */
export interface Lender {
  readonly url: string;
  readonly key: string;
  readonly schemes: readonly string[];
}

const MOST_ANSWER_BYTES = 64 * 1024;
/** The hub may have to ask the service first. */
const TIMEOUT_MS = 45_000;
const LONGEST_LIFE_MS = 3_600_000;

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(text);
    return isMembers(value) ? value : {};
  } catch {
    return {};
  }
}

/** The hub's offer in the environment; undefined where nobody signed in, or no hub runs this server. */
export function lenderOf(env: Env): Lender | undefined {
  const text = env(GRANTS_NAME);
  if (text === undefined) return undefined;
  const { url, key, schemes } = membersOf(text);
  return typeof url === 'string' && typeof key === 'string' && isList(schemes)
    ? { url, key, schemes: schemes.filter((scheme) => typeof scheme === 'string') }
    : undefined;
}

/**
 * Asks the hub for the token of a scheme; `refused` names the one the service did not take, so that it is renewed. Throws
 * ToolFailure with what the hub says, such as that somebody must sign in again.
 */
export async function borrowToken(
  { url, key }: Lender,
  scheme: string,
  { refused, signal }: { readonly refused: number | undefined; readonly signal: AbortSignal },
): Promise<Token> {
  try {
    const { status, body } = await send(
      {
        method: 'POST',
        url,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ scheme, refused })),
      },
      {
        // Asking twice lends the same token.
        idempotent: true,
        hosts: [addressOf(url).host],
        timeoutMs: TIMEOUT_MS,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        maxBytes: MOST_ANSWER_BYTES,
        signal,
      },
    );
    const { token, forMs, generation, detail, fix } = membersOf(body.toString('utf8'));
    if (status === 200 && typeof token === 'string') {
      const lifeMs = typeof forMs === 'number' ? forMs : LONGEST_LIFE_MS;
      return {
        token,
        expiresAt: Date.now() + lifeMs,
        refreshToken: undefined,
        generation: typeof generation === 'number' ? generation : undefined,
      };
    }
    throw new ToolFailure(
      typeof detail === 'string' ? detail : `The hub gave no token (status ${status}).`,
      typeof fix === 'string' ? { nextStep: fix } : {},
    );
  } catch (error) {
    if (error instanceof HttpFailure) throw new ToolFailure(`The hub gave no token: ${error.message}.`);
    throw error;
  }
}
