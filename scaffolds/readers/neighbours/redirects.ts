import { lookup } from 'node:dns/promises';
import { isPrivateAddress } from './private-address.ts';

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface Asking {
  /** Asks one address; `isNamed`: it is of the origin that was named, for which credentials were given. */
  readonly ask: (url: URL, isNamed: boolean) => Promise<Response>;
  /** All addresses that a name stands for. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

const systemResolve = async (hostname: string): Promise<readonly string[]> =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * Asks for what somebody named, wherever it has moved to; but what is on the public network leads into no private one: whoever
 * wrote the redirect would be asking there with this machine's hands. Rejects as `ask` does.
 */
export async function followRedirects(
  named: URL,
  { ask, resolve = systemResolve }: Asking,
): Promise<{ readonly response: Response; readonly at: URL }> {
  const isPrivate = async ({ hostname }: URL): Promise<boolean> =>
    (await resolve(hostname.replace(/^\[|\]$/g, ''))).some(isPrivateAddress);
  let at = new URL(named);
  at.hash = '';
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const isNamed = at.origin === named.origin;
    if (!isNamed && (await isPrivate(at)) && !(await isPrivate(named)))
      throw new Error(`it is redirected to ${at.host}, a private address, to which no public one may lead`);
    const response = await ask(at, isNamed);
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null || !URL.canParse(location, at.href)) return { response, at };
    await response.body?.cancel();
    at = new URL(location, at);
  }
  throw new Error(`it is redirected more than ${MAX_REDIRECTS} times`);
}
