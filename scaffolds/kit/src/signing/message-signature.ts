import { constants, createHash, createHmac, sign, timingSafeEqual, verify } from 'node:crypto';
import type { MessageSignature } from '@counterpart/schemas';
import { keyBytes, type Moment, type SigningKey } from './template.ts';
import { urlParts, type Signable } from './wire.ts';

/** The value of a component (RFC 9421, 2.1 and 2.2); undefined for a header that the request lacks. */
function componentValue({ method, url, headers }: Signable, name: string): string | undefined {
  const { scheme, host, path, query } = urlParts(url);
  switch (name) {
    case '@method':
      return method;
    case '@target-uri':
      return url;
    case '@authority':
      return host;
    case '@scheme':
      return scheme;
    case '@request-target':
      return query === '' ? path : `${path}?${query}`;
    case '@path':
      return path;
    case '@query':
      return `?${query}`;
    default:
      return headers[name]?.trim().replace(/\s*\r?\n\s*/g, ' ');
  }
}

/** The text that is signed (RFC 9421, 2.5); undefined when a component is not there. */
export function signatureBase(
  request: Signable,
  components: readonly string[],
  parameters: string,
): string | undefined {
  const lines: string[] = [];
  for (const name of components) {
    const value = componentValue(request, name);
    if (value === undefined) return undefined;
    lines.push(`"${name}": ${value}`);
  }
  return [...lines, `"@signature-params": ${parameters}`].join('\n');
}

/** A string of structured fields (RFC 9651, 3.3.3). */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

type Algorithm = MessageSignature['algorithm'];

interface Asymmetric {
  readonly digest: string | null;
  readonly options: {
    readonly padding?: number;
    readonly saltLength?: number;
    readonly dsaEncoding?: 'ieee-p1363';
  };
}

const ASYMMETRIC: Readonly<Record<Exclude<Algorithm, 'hmac-sha256'>, Asymmetric>> = {
  ed25519: { digest: null, options: {} },
  'ecdsa-p256-sha256': { digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  'ecdsa-p384-sha384': { digest: 'sha384', options: { dsaEncoding: 'ieee-p1363' } },
  'rsa-pss-sha512': {
    digest: 'sha512',
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 },
  },
  'rsa-v1_5-sha256': { digest: 'sha256', options: {} },
};

/** The signature of a base (RFC 9421, 3.3). Throws when the key is none of the algorithm's. */
export function signBase(
  { algorithm, keyEncoding }: Pick<MessageSignature, 'algorithm' | 'keyEncoding'>,
  base: string,
  key: string,
): Buffer {
  if (algorithm === 'hmac-sha256')
    return createHmac('sha256', keyBytes(key, keyEncoding)).update(base).digest();
  const { digest, options } = ASYMMETRIC[algorithm];
  // A key in one line, as variables are often set, has its line ends written out.
  return sign(digest, Buffer.from(base), { key: key.replaceAll('\\n', '\n'), ...options });
}

/** Whether `signature` is that of the base; for asymmetric algorithms `key` is the public half, or the private one. */
export function isSignatureOf(
  scheme: Pick<MessageSignature, 'algorithm' | 'keyEncoding'>,
  base: string,
  { key, signature }: { readonly key: string; readonly signature: Buffer },
): boolean {
  if (scheme.algorithm === 'hmac-sha256') {
    const expected = signBase(scheme, base, key);
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
  const { digest, options } = ASYMMETRIC[scheme.algorithm];
  return verify(digest, Buffer.from(base), { key, ...options }, signature);
}

/** Value of a Content-Digest header (RFC 9530, 2). */
export const contentDigest = (body: Uint8Array, algorithm: 'sha-256' | 'sha-512' = 'sha-256'): string =>
  `${algorithm}=:${createHash(algorithm.replace('-', '')).update(body).digest('base64')}:`;

/** The request with Signature-Input and Signature, and Content-Digest where the body is covered. */
export function signMessage(
  scheme: MessageSignature,
  request: Signable,
  { key, keyId }: SigningKey,
  { now, nonce }: Moment,
): Signable {
  const { label = 'sig1', components, expiresSeconds, tag } = scheme;
  const hasBody = request.body.byteLength > 0;
  const headers = {
    ...request.headers,
    ...(hasBody && components.includes('content-digest')
      ? { 'content-digest': contentDigest(request.body, scheme.contentDigest) }
      : {}),
    ...(hasBody && components.includes('content-length')
      ? { 'content-length': String(request.body.byteLength) }
      : {}),
    ...(components.includes('date') ? { date: new Date(now).toUTCString() } : {}),
  };
  const prepared = { ...request, headers };
  const covered = components.filter((name) => componentValue(prepared, name) !== undefined);
  const created = Math.floor(now / 1_000);
  const parameters = [
    `(${covered.map(quoted).join(' ')})`,
    `created=${created}`,
    ...(expiresSeconds === undefined ? [] : [`expires=${created + expiresSeconds}`]),
    ...(scheme.nonce === false ? [] : [`nonce=${quoted(nonce)}`]),
    ...(keyId === undefined ? [] : [`keyid=${quoted(keyId)}`]),
    `alg=${quoted(scheme.algorithm)}`,
    ...(tag === undefined ? [] : [`tag=${quoted(tag)}`]),
  ].join(';');
  const base = signatureBase(prepared, covered, parameters) ?? '';
  const signature = signBase(scheme, base, key).toString('base64');
  return {
    ...prepared,
    headers: {
      ...headers,
      'signature-input': `${label}=${parameters}`,
      signature: `${label}=:${signature}:`,
    },
  };
}
