import type { AuthScheme, JsonObject } from '@counterpart/schemas';
import { RequestSignature } from '@counterpart/schemas/blueprint/signature';
import { SoapCredential } from '@counterpart/schemas/blueprint/soap';
import { isObject, member, textMember } from '../../source/json-tree.ts';
import { shortDescription } from '../../text/text.ts';

/** How descriptions say that requests are signed: this project's own extension, the whole signature in words of its facet. */
const EXTENSION = 'x-counterpart-signature';
/** A scheme that is an element in the header of a SOAP envelope. */
const SOAP_EXTENSION = 'x-counterpart-soap-header';

type Aws = AuthScheme & { kind: 'aws-sigv4' };

/** What the description of a scheme says where it has no extension. */
const SAYS_AWS = /\bAWS4-HMAC-SHA256\b|\bAWS signature (?:version|v) ?4\b|\bsig(?:nature)? ?v4\b/i;
const IS_AWS_NAME = /^(?:aws[._-]?(?:auth[._-]?)?)?sig(?:nature)?[._-]?v4$/i;

/** True for the shapes in which API Gateway, Smithy and collections of AWS descriptions say "Signature Version 4". */
function isAws(scheme: JsonObject, name: string): boolean {
  const type = textMember(scheme, 'type');
  const gateway = textMember(scheme, 'x-amazon-apigateway-authtype') ?? '';
  if (/^aws_?sigv4$/i.test(gateway) || /^aws_?iam$/i.test(gateway)) return true;
  if (type === 'http')
    return /^(?:aws4-hmac-sha256|(?:aws)?sigv4)$/i.test(textMember(scheme, 'scheme') ?? '');
  const isHeader =
    type === 'apiKey' &&
    textMember(scheme, 'in') === 'header' &&
    textMember(scheme, 'name')?.toLowerCase() === 'authorization';
  // A gateway that names another kind of authorizer has its own word for it.
  if (!isHeader || gateway !== '') return false;
  return IS_AWS_NAME.test(name) || SAYS_AWS.test(textMember(scheme, 'description') ?? '');
}

function awsOf(extension: JsonObject): Pick<Aws, 'service' | 'region'> {
  const [service, region] = ['service', 'region'].map((key) => textMember(extension, key));
  return {
    ...(service !== undefined && /^[\w-]{1,60}$/.test(service) ? { service } : {}),
    ...(region !== undefined && /^[\w-]{1,40}$/.test(region) ? { region } : {}),
  };
}

/** A scheme by which requests are signed; undefined when it is none, or its extension cannot be read, which is reported. */
export function signingScheme(
  scheme: JsonObject,
  name: string,
  report: (reason: string) => void,
): AuthScheme | undefined {
  const text = shortDescription(textMember(scheme, 'description'), 500);
  const description = text === undefined ? {} : { description: text };
  const soap = SoapCredential.safeParse(member(scheme, SOAP_EXTENSION));
  if (soap.success) return { kind: 'soap-header', header: soap.data, ...description };
  const extension = member(scheme, EXTENSION);
  if (isObject(extension) && textMember(extension, 'form') === 'aws-sigv4')
    return { kind: 'aws-sigv4', ...awsOf(extension), ...description };
  if (extension !== undefined) {
    const read = RequestSignature.safeParse(extension);
    if (read.success) return { kind: 'signature', signature: read.data, ...description };
    const [issue] = read.error.issues;
    const place = [EXTENSION, ...(issue?.path ?? [])].join('/');
    report(
      `says how requests are signed in a way that cannot be followed (${place}: ${issue?.message ?? ''})`,
    );
  }
  return isAws(scheme, name) ? { kind: 'aws-sigv4', ...description } : undefined;
}

const AWS_PARAMETER =
  /^x-amz-(?:date|security-token|content-sha256|algorithm|credential|signature|signedheaders)$/i;

/** True when a parameter carries what a signature adds by itself. */
export function signsWith(scheme: AuthScheme, place: string, name: string): boolean {
  if (scheme.kind === 'aws-sigv4')
    return AWS_PARAMETER.test(name) || (place === 'header' && name.toLowerCase() === 'authorization');
  if (scheme.kind !== 'signature') return false;
  const { signature } = scheme;
  if (signature.form === 'message-signatures')
    return place === 'header' && /^(?:signature|signature-input|content-digest)$/i.test(name);
  return signature.places.some(
    (one) =>
      one.in === place &&
      (place === 'header' ? one.name.toLowerCase() === name.toLowerCase() : one.name === name),
  );
}
