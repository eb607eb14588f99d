export { HANDED_PATH } from './credentials/handed.ts';
export {
  BROKER_HEADERS,
  CREDENTIALS_HEADER,
  HTTP2_SUFFIX,
  OPERATION_HEADER,
  REFUSAL_HEADER,
  TOKEN_HEADER,
} from './http/broker.ts';
export { joinCookies, mergeHeaders, withQuery } from './http/compose.ts';
export { HttpFailure, type HttpFailureKind } from './http/failures/http-failure.ts';
export type { TlsIdentity } from './http/exchange.ts';
export type { WireRequest } from './http/exchange.ts';
export { ToolFailure } from './failure.ts';
export type { Env } from './env.ts';
export { baseUrlOf } from './interpret/base-url.ts';
export { tokenHosts } from './compile/credentials/credential-slots.ts';
export { credentialsFor, NO_CREDENTIALS, type Credentials } from './credentials/credentials.ts';
export { credentialsNeeded, credentialsWanted } from './credentials/wanted.ts';
export { proofOf } from './credentials/proof.ts';
export { authorised } from './tokens/tokens.ts';
