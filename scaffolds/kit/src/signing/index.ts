export { awsScopeOf } from './aws-host.ts';
export { AWS_ALGORITHM, awsHeaders, awsSignature, canonicalRequest, type AwsKeys } from './aws-v4.ts';
export { contentDigest, isSignatureOf, signatureBase, signMessage } from './message-signature.ts';
export { signRequest, type Signer } from './sign.ts';
export { holdsSignature, signByTemplate, templateSignature, timestampOf } from './template.ts';
export { sha256Hex, urlParts, type Signable } from './wire.ts';
