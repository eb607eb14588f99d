/** What mirrors share with the kit about the protocol itself: a server of theirs speaks as the kit's do. */
export { eraOf, MODERN_VERSIONS, type Era } from './era.ts';
export type { CallRequest, Offer } from './offer.ts';
export { errorLine, parseMessage, RPC, RpcError, type Incoming, type RpcId } from './rpc.ts';
export { Session } from './session.ts';
