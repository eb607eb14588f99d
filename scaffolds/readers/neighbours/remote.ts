import { lookup as lookUpHost } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { decodeText } from '../decode-text.ts';
import type { Neighbour, NeighbourOptions } from './neighbours.ts';
import { isPrivateAddress } from './private-address.ts';

interface RemoteOptions extends NeighbourOptions {
  /** Where the source itself came from: it may be asked though its address is private. */
  readonly origin: { readonly url: URL; readonly authorization: string | undefined } | undefined;
}

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 15_000;

class Refused extends Error {}

/**
 * Reads a document from the network when that is allowed: beside and below the source's own URL always, elsewhere with
 * `allowRemote`. Every address a name stands for and every redirect is held to the rule, and the address that was looked at is
 * the one that is connected to. Rejects only when the caller's signal aborts.
 */
export async function readRemote(address: URL, options: RemoteOptions): Promise<Neighbour> {
  try {
    let url = address;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      assertAllowed(url, options);
      const found = await get(url, options);
      if (found instanceof URL) url = found;
      else return { kind: 'text', text: decodeText(found), name: `${address.origin}${address.pathname}` };
    }
    return { kind: 'missing', reason: `it is redirected more than ${MAX_REDIRECTS} times` };
  } catch (error) {
    options.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof Refused ? 'refused' : 'missing', reason };
  }
}

/** Same scheme, host and port, and in the folder of the source or below. */
function isBeside(url: URL, origin: RemoteOptions['origin']): boolean {
  if (origin?.url.origin !== url.origin) return false;
  const folder = origin.url.pathname.slice(0, origin.url.pathname.lastIndexOf('/') + 1);
  return url.pathname.startsWith(folder);
}

function assertAllowed(url: URL, { allowRemote, origin }: RemoteOptions): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Refused('it is not an http(s) address');
  if (allowRemote !== true && !isBeside(url, origin))
    throw new Refused('it is on the network; allow it with --allow-remote');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) assertPublic(host, url, origin);
}

function assertPublic(address: string, url: URL, origin: RemoteOptions['origin']): void {
  if (origin?.url.origin === url.origin || !isPrivateAddress(address)) return;
  throw new Refused(`${url.hostname} is a private address, to which no description may lead`);
}

function get(url: URL, options: RemoteOptions): Promise<Uint8Array | URL> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const own = options.origin?.url.origin === url.origin ? options.origin.authorization : undefined;
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // Without what a reference says about credentials: nobody gave them for this.
    const request = send(`${url.origin}${url.pathname}${url.search}`, {
      signal,
      agent: false,
      lookup: checkedLookup(url, options),
      headers: {
        accept: 'application/json, application/yaml, text/yaml, */*;q=0.5',
        ...(own === undefined ? {} : { authorization: own }),
      },
    });
    request.once('error', (error) =>
      reject(timeout.aborted ? new Error(`no answer within ${TIMEOUT_MS} ms`) : error),
    );
    request.once('response', (response) => {
      const next = redirectOf(response, url);
      if (next !== undefined || response.statusCode !== 200) {
        request.destroy();
        if (next === undefined) reject(new Error(`the server answered ${response.statusCode ?? 0}`));
        else resolve(next);
        return;
      }
      collect(response).then(resolve, reject);
    });
    request.end();
  });
}

function redirectOf(response: IncomingMessage, url: URL): URL | undefined {
  const { statusCode = 0, headers } = response;
  const target = [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
  return target !== undefined && URL.canParse(target, url.href) ? new URL(target, url) : undefined;
}

/** Looks a name up once and gives only what may be connected to, so that no second answer can lead elsewhere. */
function checkedLookup(url: URL, { origin }: RemoteOptions): LookupFunction {
  return (host, options, done) => {
    lookUpHost(host, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        done(error, '', 0);
        return;
      }
      const isOwn = origin?.url.origin === url.origin;
      const allowed = isOwn ? found : found.filter(({ address }) => !isPrivateAddress(address));
      const [first] = allowed;
      if (first === undefined || allowed.length < found.length)
        done(new Refused(`${host} stands for a private address, to which no description may lead`), '', 0);
      else if (options.all === true) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };
}

async function collect(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.byteLength;
    if (size > MAX_BYTES) throw new Refused(`it is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
