import { randomUUID } from 'node:crypto';
import type { MessageSignature, RequestSignature, SoapCredential } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import type { WireRequest } from '../http/exchange.ts';
import { awsScopeOf } from './aws-host.ts';
import { awsHeaders, type AwsKeys } from './aws-v4.ts';
import { withCredential } from '../soap/credential.ts';
import { signMessage } from './message-signature.ts';
import { standInKey } from './stand-in-key.ts';
import { signByTemplate, type Moment, type SigningKey } from './template.ts';
import { toSignable, urlParts, type Signable } from './wire.ts';

/** One signature that a request needs, with what makes it. */
export type Signer =
  | ({
      readonly kind: 'aws-sigv4';
      /** Where the address does not tell: what the settings or the description say. */
      readonly service: string | undefined;
      readonly region: string | undefined;
      /** Another host of AWS that the description names, for a service reached through a host of its own. */
      readonly describedHost: string | undefined;
    } & AwsKeys)
  | ({
      readonly kind: 'signature';
      readonly signature: RequestSignature;
      readonly variable: string;
    } & SigningKey)
  | {
      /** Stands in the body, so that it is there before anything signs that. */
      readonly kind: 'soap-header';
      readonly header: SoapCredential;
      /** Of its parts, in their order. */
      readonly values: readonly (string | undefined)[];
    };

/** What services reached through a host of their own are, as a rule. */
const OWN_HOST_SERVICE = 'execute-api';
const USUAL_REGION = 'us-east-1';

function signedForAws(signer: Signer & { kind: 'aws-sigv4' }, request: Signable, now: number): Signable {
  const told = awsScopeOf(urlParts(request.url).host) ?? awsScopeOf(signer.describedHost ?? '');
  const scope = {
    service: signer.service ?? told?.service ?? OWN_HOST_SERVICE,
    region: signer.region ?? told?.region ?? USUAL_REGION,
  };
  return { ...request, headers: awsHeaders(request, signer, scope, now) };
}

/** The key itself, but before a mirror on this machine, where a key that is none stands in for a real one. */
function keyFor({ algorithm }: MessageSignature, { url }: Signable, key: string): string {
  const isReal = algorithm === 'hmac-sha256' || key.includes('-----BEGIN');
  const { scheme, host } = urlParts(url);
  const isMirror = scheme === 'http' && /^(?:127\.|localhost\b|\[::1\])/.test(host);
  return isReal || !isMirror ? key : standInKey(algorithm);
}

function signedWith(signer: Signer & { kind: 'signature' }, request: Signable, moment: Moment): Signable {
  const { signature } = signer;
  if (signature.form === 'template') return signByTemplate(signature, request, signer, moment);
  try {
    return signMessage(
      signature,
      request,
      { ...signer, key: keyFor(signature, request, signer.key) },
      moment,
    );
  } catch {
    // The library's own words may repeat what is wrong with the key.
    throw new ToolFailure(`The key in ${signer.variable} cannot sign with ${signature.algorithm}.`, {
      nextStep: `Set ${signer.variable} to a private key of that algorithm, as PEM.`,
    });
  }
}

/** The request with all its signatures, made for this moment: each attempt needs its own. Throws ToolFailure. */
export function signRequest(request: WireRequest, signers: readonly Signer[], now = Date.now()): WireRequest {
  const body = signers.reduce(
    (one, signer) => (signer.kind === 'soap-header' && one ? withCredential(one, signer) : one),
    request.body,
  );
  const signed = signers.reduce<Signable>(
    (one, signer) => {
      if (signer.kind === 'soap-header') return one;
      return signer.kind === 'aws-sigv4'
        ? signedForAws(signer, one, now)
        : signedWith(signer, one, { now, nonce: randomUUID() });
    },
    toSignable({ ...request, body }),
  );
  return { ...request, url: signed.url, headers: signed.headers, body };
}
