import type { Blueprint, Operation } from '@counterpart/schemas';
import type { WireRequest } from '../http/exchange.ts';
import type { Proof } from '../http/proof.ts';
import type { Sent } from '../http/send.ts';
import type { Arguments, CallResult, ToolContext } from '../tools/tool.ts';

/** What a wire keeps to that exchanges by itself. */
export interface CollectContext extends Pick<ToolContext, 'signal' | 'progress'> {
  /** For one answer. */
  readonly timeoutMs: number;
  readonly proof: Proof | undefined;
}

/** How a call of an operation travels where its binding does not say all of it; made anew for each call. */
export interface Wire {
  /** Answers without the service, where none is needed. Throws ToolFailure. */
  readonly local?: (args: Arguments) => CallResult | undefined;
  /** The operation with the binding that carries this call, and that binding's input. Throws ToolFailure. */
  toRequest(args: Arguments): { readonly operation: Operation; readonly args: Arguments };
  /** Hears the answer where it comes bit by bit; absent: it is one exchange. */
  readonly collect?: (request: WireRequest, args: Arguments, context: CollectContext) => Promise<Sent>;
  /** What of the service's answer the caller wants. Throws ToolFailure when it is a refusal. */
  fromAnswer(sent: Sent): Sent;
  /** The result with what else the answer said. */
  finish(result: CallResult): CallResult;
}

const plainWire = (operation: Operation): Wire => ({
  toRequest: (args) => ({ operation, args }),
  fromAnswer: (sent) => sent,
  finish: (result) => result,
});

/** The wire of one call. What speaks another style than plain HTTP is loaded with the first call that needs it. */
export async function wireOf(blueprint: Blueprint, operation: Operation): Promise<Wire> {
  if (operation.rpc !== undefined) {
    const { rpcWire } = await import('../rpc/wire.ts');
    return rpcWire(blueprint, operation, operation.rpc);
  }
  if (operation.soap !== undefined) {
    const { soapWire } = await import('../soap/wire.ts');
    return soapWire(blueprint, operation, operation.soap);
  }
  if (operation.grpc !== undefined) {
    const { grpcWire } = await import('../grpc/wire.ts');
    return grpcWire(blueprint, operation, operation.grpc);
  }
  if (operation.stream !== undefined) {
    const { streamWire } = await import('../stream/wire.ts');
    return streamWire(operation, operation.stream);
  }
  if (operation.graphql === undefined) return plainWire(operation);
  const { graphqlWire } = await import('../graphql/call/wire.ts');
  return graphqlWire(blueprint, operation, operation.graphql);
}
