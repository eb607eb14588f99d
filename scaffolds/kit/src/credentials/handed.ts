import { BROKER_NAME, HANDED_NAME } from '../compile/credentials/env-names.ts';
import type { Env } from '../env.ts';
import { isMembers, parseJson } from '../json-value.ts';

/** Where the broker gives the secrets of a ticket, which follows. */
export const HANDED_PATH = '/handed/';

const OK = 200;

interface Asked {
  readonly socketPath: string;
  readonly ticket: string;
}

async function ask({ socketPath, ticket }: Asked): Promise<{ status: number; text: string }> {
  const { get } = await import('node:http');
  return await new Promise((resolve, reject) => {
    const asked = get({ socketPath, path: `${HANDED_PATH}${ticket}`, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asked.once('error', reject);
  });
}

/**
 * The environment with the secrets that a hub handed to this process alone: they are asked for once, over the broker's
 * socket, and stand in no environment that other processes read. Rejects where they were given out before.
 */
export async function withHanded(env: Env): Promise<Env> {
  const [socketPath, ticket] = [env(BROKER_NAME), env(HANDED_NAME)];
  if (socketPath === undefined || ticket === undefined) return env;
  const { status, text } = await ask({ socketPath, ticket });
  const values = parseJson(text);
  if (status !== OK || !isMembers(values))
    throw new Error(`the hub did not hand over the secrets of this server (${status}); it starts it anew`);
  return (name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'string' && value.trim() !== '' ? value : env(name);
  };
}
