import { createHmac } from 'node:crypto';
import { sha256Hex, urlParts, type Signable } from './wire.ts';

/** What a request to AWS is signed with. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** What a signature is valid for. */
export interface AwsScope {
  /** The name that signatures use, such as `execute-api`. */
  readonly service: string;
  readonly region: string;
}

export const AWS_ALGORITHM = 'AWS4-HMAC-SHA256';

/** Headers that proxies and clients change or add on the way. */
const UNSIGNED = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'expect',
  'transfer-encoding',
  'user-agent',
  'x-amzn-trace-id',
]);

/** Every byte but the unreserved ones as `%XX` (Signature Version 4, "UriEncode"). */
const uriEncode = (bytes: Uint8Array): string =>
  [...bytes]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[\w.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

function percentDecoded(text: string): Uint8Array {
  const parts = text
    .split(/(%[0-9a-f]{2})/i)
    .map((part) =>
      /^%[0-9a-f]{2}$/i.test(part) ? Buffer.from([Number.parseInt(part.slice(1), 16)]) : Buffer.from(part),
    );
  return Buffer.concat(parts);
}

const canonicalText = (encoded: string): string => uriEncode(percentDecoded(encoded));

/** Dot segments and empty ones taken out (RFC 3986, 5.2.4), a slash at the end kept. */
function normalisedPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const end = /\/\.{0,2}$/.test(path) && kept.length > 0 ? '/' : '';
  return `/${kept.join('/')}${end}`;
}

/** S3 encodes what the path means; all other services encode the path as it is sent once more. */
function canonicalPath(path: string, service: string): string {
  const isS3 = service === 's3';
  const segments = (isS3 ? path : normalisedPath(path)).split('/');
  return segments.map((one) => (isS3 ? canonicalText(one) : uriEncode(Buffer.from(one)))).join('/');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [canonicalText(name), canonicalText(value)];
    });
  return pairs
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Text of the request that is hashed, and the names of the headers in it; `names` only, where they are given. */
export function canonicalRequest(
  { method, url, headers }: Signable,
  { payload, service, names }: { payload: string; service: string; names?: readonly string[] | undefined },
): { readonly text: string; readonly signedHeaders: string } {
  const { path, query } = urlParts(url);
  const signed = Object.entries(headers)
    .filter(([name]) => (names === undefined ? !UNSIGNED.has(name) : names.includes(name)))
    .sort(([a], [b]) => compare(a, b));
  const lines = signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`);
  const signedHeaders = signed.map(([name]) => name).join(';');
  const text = [
    method,
    canonicalPath(path, service),
    canonicalQuery(query),
    lines.join(''),
    signedHeaders,
    payload,
  ].join('\n');
  return { text, signedHeaders };
}

const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** The signature, in hexadecimal, of a canonical request made at `time` (`20150830T123600Z`). */
export function awsSignature(
  canonical: string,
  { secretAccessKey, region, service, time }: AwsScope & { secretAccessKey: string; time: string },
): string {
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [AWS_ALGORITHM, time, scope, sha256Hex(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce<Uint8Array>(
    (last, part) => hmac(last, part),
    hmac(`AWS4${secretAccessKey}`, day),
  );
  return hmac(key, text).toString('hex');
}

/** `20150830T123600Z` of milliseconds since 1970. */
const awsTime = (now: number): string => new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');

/**
 * The headers that sign a request with AWS Signature Version 4: those it has, with date, session token, the payload's hash
 * where the service wants it said, and Authorization.
 */
export function awsHeaders(
  request: Signable,
  { accessKeyId, secretAccessKey, sessionToken }: AwsKeys,
  { service, region }: AwsScope,
  now: number,
): Record<string, string> {
  const time = awsTime(now);
  const payload = sha256Hex(request.body);
  const { authorization: _replaced, ...own } = request.headers;
  const headers = {
    ...own,
    host: own['host'] ?? urlParts(request.url).host,
    'x-amz-date': time,
    ...(service === 's3' ? { 'x-amz-content-sha256': payload } : {}),
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const { text, signedHeaders } = canonicalRequest({ ...request, headers }, { payload, service });
  const signature = awsSignature(text, { secretAccessKey, region, service, time });
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  return {
    ...headers,
    authorization: `${AWS_ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}
