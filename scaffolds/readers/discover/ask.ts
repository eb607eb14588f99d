import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { decodeText } from '../decode-text.ts';
import { isPrivateAddress } from '../neighbours/private-address.ts';

/** What a place answered; at most the first two megabytes of it. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  /** Lower case, without parameters. */
  readonly mediaType: string;
  readonly text: string;
}

export interface Question {
  readonly url: URL;
  /** Sent as JSON by POST; absent: GET. */
  readonly json?: unknown;
}

/** Where a host may be. */
export interface Reach {
  /** Not in a private network, nor this machine. */
  readonly publicOnly?: boolean;
}

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_REDIRECTS = 4;
const TIMEOUT_MS = 6_000;

/**
 * Makes what asks places of one host and of no other: its name is looked up once and only that address is connected to, so
 * that neither a redirect nor a second answer of the name server leads elsewhere. An answer is undefined where none came.
 */
export async function createAsker(
  base: URL,
  signal: AbortSignal,
  { publicOnly = false }: Reach = {},
): Promise<(question: Question) => Promise<Answer | string>> {
  const { address, family } = await lookup(base.hostname.replace(/^\[|\]$/g, ''));
  if (publicOnly && isPrivateAddress(address))
    throw new Error(`${base.hostname} is a private address, to which only the hub’s owner may lead a build`);
  const pinned: LookupFunction = (_host, options, done) =>
    options.all === true ? done(null, [{ address, family }]) : done(null, address, family);
  return async (question) => {
    let url = question.url;
    try {
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        if (url.host !== base.host) return `it leads to another host, ${url.host}`;
        const answer = await send({ ...question, url }, pinned, signal);
        if (!(answer instanceof URL)) return answer;
        url = answer;
      }
      return `it is redirected more than ${MAX_REDIRECTS} times`;
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    }
  };
}

function send({ url, json }: Question, pinned: LookupFunction, outer: AbortSignal): Promise<Answer | URL> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method: json === undefined ? 'GET' : 'POST',
      signal: AbortSignal.any([outer, timeout]),
      agent: false,
      lookup: pinned,
      headers: {
        accept: 'application/json, text/event-stream, application/yaml, text/html;q=0.8, */*;q=0.5',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    request.once('error', (error) =>
      reject(timeout.aborted ? new Error(`no answer within ${TIMEOUT_MS} ms`) : error),
    );
    request.once('response', (response) => {
      const next = redirectOf(response, url);
      if (next !== undefined) {
        request.destroy();
        resolve(next);
      } else collect(response, url).then(resolve, reject);
    });
    request.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage, url: URL): URL | undefined {
  const target = [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
  return target !== undefined && URL.canParse(target, url.href) ? new URL(target, url) : undefined;
}

async function collect(response: IncomingMessage, url: URL): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  const mediaType = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    chunks.push(bytes);
    // A stream of events does not end; its first one says enough.
    if (size > MAX_BYTES || (mediaType === 'text/event-stream' && size > 0)) break;
  }
  response.destroy();
  return { url, status: response.statusCode ?? 0, mediaType, text: decodeText(Buffer.concat(chunks)) };
}
