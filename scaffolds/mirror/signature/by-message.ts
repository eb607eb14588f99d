import { contentDigest, isSignatureOf, signatureBase, type Signable } from '@counterpart/kit/signing';
import type { MessageSignature } from '@counterpart/schemas';
import type { RawRequest } from '../request/decode-request.ts';
import {
  MISSING,
  NOT_OF_THIS_REQUEST,
  signableOf,
  staleness,
  wrong,
  type Held,
  type Standing,
} from './standing.ts';

const USUAL_TOLERANCE_SECONDS = 300;

/** One entry of Signature-Input (RFC 9421, 4.1), as text and taken apart. */
interface Input {
  readonly text: string;
  readonly components: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function inputOf(header: string, label: string): Input | undefined {
  const found = new RegExp(
    `(?:^|,\\s*)${escaped(label)}=(\\(([^)]*)\\)((?:;[a-z]+=(?:"(?:[^"\\\\]|\\\\.)*"|[\\w-]+))*))`,
  ).exec(header);
  const [, text, list = '', rest = ''] = found ?? [];
  if (text === undefined) return undefined;
  const parameters = [...rest.matchAll(/;([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([\w-]+))/g)].map(
    ([, name = '', quoted, plain]): [string, string] => [
      name,
      (quoted ?? plain ?? '').replace(/\\(.)/g, '$1'),
    ],
  );
  return {
    text,
    components: [...list.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name),
    parameters: Object.fromEntries(parameters),
  };
}

const signatureOf = (header: string, label: string): Buffer | undefined => {
  const text = new RegExp(`(?:^|,\\s*)${escaped(label)}=:([\\w+/]+=*):`).exec(header)?.[1];
  return text === undefined ? undefined : Buffer.from(text, 'base64');
};

/** A component of the scheme that this request has and its signature leaves out. */
const uncovered = (scheme: MessageSignature, { headers, body }: Signable, input: Input): string | undefined =>
  scheme.components.find((name) => {
    const isThere =
      name === 'content-digest' ? body.byteLength > 0 : name.startsWith('@') || headers[name] !== undefined;
    return isThere && !input.components.includes(name);
  });

function timeProblem(scheme: MessageSignature, { parameters }: Input, held: Held): string | undefined {
  const seconds = scheme.toleranceSeconds ?? USUAL_TOLERANCE_SECONDS;
  const { created, expires } = parameters;
  if (expires !== undefined && Number(expires) * 1_000 < held.now) return 'it has expired';
  return staleness(Number(created ?? Number.NaN) * 1_000, held, seconds);
}

function isRight(
  scheme: MessageSignature,
  request: Signable,
  given: { readonly input: Input; readonly signature: Buffer },
  key: string | undefined,
): boolean {
  // A test key that is no PEM can be the key of an HMAC alone.
  if (key === undefined || (scheme.algorithm !== 'hmac-sha256' && !key.includes('-----BEGIN'))) return true;
  const base = signatureBase(request, given.input.components, given.input.text);
  try {
    return base !== undefined && isSignatureOf(scheme, base, { key, signature: given.signature });
  } catch {
    return false;
  }
}

/** What of a signature's parameters and components is not as the scheme wants it. */
function inputProblem(
  scheme: MessageSignature,
  request: Signable,
  input: Input,
  held: Held,
): string | undefined {
  const { alg, nonce, tag } = input.parameters;
  if (alg !== undefined && alg !== scheme.algorithm)
    return `it is signed with ${alg}, not with ${scheme.algorithm}`;
  if (tag !== scheme.tag) return `its tag is not ${scheme.tag ?? 'absent'}`;
  if (nonce === undefined && scheme.nonce !== false) return 'it has no nonce';
  const left = uncovered(scheme, request, input);
  if (left !== undefined) return `its signature does not cover ${left}`;
  return timeProblem(scheme, input, held) ?? digestProblem(scheme, request, input);
}

function digestProblem(
  scheme: MessageSignature,
  { headers, body }: Signable,
  input: Input,
): string | undefined {
  const isRightDigest =
    !input.components.includes('content-digest') ||
    headers['content-digest'] === contentDigest(body, scheme.contentDigest);
  return isRightDigest ? undefined : 'its Content-Digest is not that of its body';
}

/** Whether a request has the HTTP message signature that the scheme wants. */
export function messageStanding(scheme: MessageSignature, raw: RawRequest, held: Held): Standing {
  const request = signableOf(raw);
  const label = scheme.label ?? 'sig1';
  const { 'signature-input': inputs, signature: signatures } = request.headers;
  if (inputs === undefined && signatures === undefined) return MISSING;
  const input = inputOf(inputs ?? '', label);
  const signature = signatureOf(signatures ?? '', label);
  if (input === undefined || signature === undefined)
    return wrong(`it has no signature with the label ${label}`);
  const problem = inputProblem(scheme, request, input, held);
  if (problem !== undefined) return wrong(problem);
  if (!isRight(scheme, request, { input, signature }, held.key)) return wrong(NOT_OF_THIS_REQUEST);
  const { nonce } = input.parameters;
  return { kind: 'good', ...(nonce === undefined ? {} : { nonce }) };
}
