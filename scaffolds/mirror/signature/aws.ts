import {
  AWS_ALGORITHM,
  awsSignature,
  canonicalRequest,
  sha256Hex,
  type Signable,
} from '@counterpart/kit/signing';
import type { RawRequest } from '../request/decode-request.ts';
import {
  isSameText,
  MISSING,
  NOT_OF_THIS_REQUEST,
  signableOf,
  staleness,
  wrong,
  type Held,
  type Standing,
} from './standing.ts';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/\s,]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, *SignedHeaders=([\w;.-]+), *Signature=([0-9a-f]{64})$/;
/** What AWS itself allows. */
const TOLERANCE_SECONDS = 900;

/** Milliseconds since 1970 of `20150830T123600Z`. */
const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

/** What stands for the body in the canonical request; undefined when the request says something untrue of it. */
function payloadOf({ headers, body }: Signable): string | undefined {
  const digest = sha256Hex(body);
  const said = headers['x-amz-content-sha256'] ?? digest;
  return said === digest || said === 'UNSIGNED-PAYLOAD' ? said : undefined;
}

/** Whether a request is signed with AWS Signature Version 4 in its header. */
export function awsStanding(raw: RawRequest, held: Held): Standing {
  const given = raw.headers.get('authorization') ?? '';
  if (!given.startsWith(AWS_ALGORITHM)) return MISSING;
  const parts = AUTHORIZATION.exec(given);
  if (!parts) return wrong('its Authorization is not that of AWS Signature Version 4');
  const [, , day = '', region = '', service = '', signed = '', signature = ''] = parts;
  const request = signableOf(raw);
  const names = signed.split(';');
  const time = request.headers['x-amz-date'] ?? '';
  const problem = formProblem(time, { day, names }, held);
  if (problem !== undefined) return wrong(problem);
  const payload = payloadOf(request);
  if (payload === undefined) return wrong('its x-amz-content-sha256 is not that of its body');
  if (held.key === undefined) return { kind: 'good' };
  const { text } = canonicalRequest(request, { payload, service, names });
  const expected = awsSignature(text, { secretAccessKey: held.key, region, service, time });
  return isSameText(signature, expected) ? { kind: 'good' } : wrong(NOT_OF_THIS_REQUEST);
}

function formProblem(
  time: string,
  { day, names }: { readonly day: string; readonly names: readonly string[] },
  held: Held,
): string | undefined {
  if (!names.includes('host')) return 'it does not sign its host';
  if (!time.startsWith(day)) return 'its credential scope is of another day';
  return staleness(timeOf(time), held, TOLERANCE_SECONDS);
}
