import { type HarEntry, type HarPair, REDACTED } from '@counterpart/schemas';
import { isTextType, type SeenExchange } from './exchange.ts';
import { decodeName, type Redaction } from './redaction.ts';

/** Headers of the transport, which say nothing of the body that is kept. */
const TRANSPORT = new Set([
  'connection',
  'host',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** True for headers that belong to one connection, not to the answer (RFC 9110, 7.6.1). */
export const isTransportHeader = (name: string): boolean => TRANSPORT.has(name.toLowerCase());

function pairsOf(headers: Headers, redaction: Redaction): HarPair[] {
  return [...headers]
    .filter(([name]) => !isTransportHeader(name))
    .map(([name, value]) => ({ name, value: redaction.named(name, value) }));
}

/** Name and value pairs of a query, in their order; both decoded. */
export function queryPairs(query: string): HarPair[] {
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    return { name: decodeName(name), value: decodeName(value) };
  });
}

/** An address without the values that must not be written down. */
function redactUrl(address: string, redaction: Redaction): string {
  const [place = '', query] = address.split('?');
  if (query === undefined) return redaction.text(place);
  const pairs = query.split('&').map((pair) => {
    const [name = ''] = pair.split('=');
    const isOpen = !pair.includes('=') || !redaction.isSecret(decodeName(name));
    return isOpen ? redaction.text(pair) : `${name}=${encodeURIComponent(REDACTED)}`;
  });
  return `${redaction.text(place)}?${pairs.join('&')}`;
}

interface KeptBody {
  readonly mimeType: string;
  readonly text: string;
  readonly encoding?: 'base64';
}

/** Text is redacted; bytes that are no text are kept as base64, unless a secret stands in them. */
function keptBody(headers: Headers, bytes: Uint8Array, redaction: Redaction): KeptBody {
  const mimeType = headers.get('content-type') ?? '';
  const plain = Buffer.from(bytes);
  if (isTextType(mimeType, bytes) || (/^multipart\/form-data/i.test(mimeType) && !plain.includes(0)))
    return { mimeType, text: redaction.body(mimeType, plain.toString('utf8')) };
  const latin = plain.toString('latin1');
  const clean = redaction.body(mimeType, latin);
  return { mimeType, text: Buffer.from(clean, 'latin1').toString('base64'), encoding: 'base64' };
}

/** One exchange as it may be written down: HAR 1.2, every secret replaced. */
export function toHarEntry(exchange: SeenExchange, redaction: Redaction): HarEntry {
  const { request, response, url } = exchange;
  const sent = request.body.length > 0 ? keptBody(request.headers, request.body, redaction) : undefined;
  const got = keptBody(response.headers, response.body, redaction);
  const clean = redactUrl(url, redaction);
  return {
    startedDateTime: exchange.at,
    time: exchange.durationMs,
    request: {
      method: request.method,
      url: clean,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairsOf(request.headers, redaction),
      queryString: queryPairs(clean.split('?')[1] ?? ''),
      ...(sent ? { postData: sent } : {}),
      headersSize: -1,
      bodySize: request.body.length,
    },
    response: {
      status: response.status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairsOf(response.headers, redaction),
      content: { size: response.body.length, ...got },
      redirectURL: redactUrl(response.headers.get('location') ?? '', redaction),
      headersSize: -1,
      bodySize: response.body.length,
    },
    cache: {},
    timings: { send: 0, wait: exchange.durationMs, receive: 0 },
    ...(exchange.operation === undefined ? {} : { _operation: exchange.operation }),
    ...(response.isCut ? { _cut: true } : {}),
  };
}

/** An entry that came from elsewhere, such as a browser's export, made fit to be written down. */
export function redactEntry(entry: HarEntry, redaction: Redaction): HarEntry {
  const clean = (pairs: readonly HarPair[]): HarPair[] =>
    pairs
      .filter(({ name }) => !name.startsWith(':'))
      .map(({ name, value }) => ({ name, value: redaction.named(name, value) }));
  const { request, response } = entry;
  const { postData } = request;
  const { content } = response;
  return {
    ...entry,
    request: {
      ...request,
      url: redactUrl(request.url, redaction),
      cookies: [],
      headers: clean(request.headers),
      queryString: clean(request.queryString),
      ...(postData
        ? {
            postData: {
              mimeType: postData.mimeType,
              ...(postData.encoding === undefined ? {} : { encoding: postData.encoding }),
              text: redactKept(postData.mimeType, bodyText(postData), postData.encoding, redaction),
            },
          }
        : {}),
    },
    response: {
      ...response,
      cookies: [],
      headers: clean(response.headers).filter(({ name }) => !isTransportHeader(name)),
      redirectURL: redactUrl(response.redirectURL, redaction),
      content:
        content.text === undefined
          ? content
          : { ...content, text: redactKept(content.mimeType, content.text, content.encoding, redaction) },
    },
  };
}

function redactKept(
  mimeType: string,
  text: string,
  encoding: string | undefined,
  redaction: Redaction,
): string {
  if (encoding !== 'base64') return redaction.body(mimeType, text);
  const clean = redaction.body(mimeType, Buffer.from(text, 'base64').toString('latin1'));
  return Buffer.from(clean, 'latin1').toString('base64');
}

type PostData = NonNullable<HarEntry['request']['postData']>;

/** A body's text; some exporters give the fields of a form only. */
function bodyText({ text, params }: PostData): string {
  if (text !== undefined || !params) return text ?? '';
  const pairs = params.map(({ name, value }): [string, string] => [name, value ?? '']);
  return new URLSearchParams(pairs).toString();
}

/** The body of a recorded request, as bytes. */
export function requestBytes({ postData }: HarEntry['request']): Uint8Array {
  if (!postData) return new Uint8Array();
  return Buffer.from(bodyText(postData), postData.encoding === 'base64' ? 'base64' : 'utf8');
}

/** The body of a recorded answer, as bytes. */
export function responseBytes({ content }: HarEntry['response']): Uint8Array {
  return Buffer.from(content.text ?? '', content.encoding === 'base64' ? 'base64' : 'utf8');
}
