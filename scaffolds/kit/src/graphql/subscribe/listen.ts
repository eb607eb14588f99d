import type { Json } from '@counterpart/schemas';
import type { WireRequest } from '../../http/exchange.ts';
import type { GraphqlRequest } from '../call/request.ts';

/** Why no event could come: nothing was heard over this way, so another may be tried. */
export class Unreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Unreachable';
  }
}

/** One way to hear of events. Resolves when the service completes; rejects with Unreachable, or with ToolFailure. */
export type Listen = (
  request: WireRequest,
  body: GraphqlRequest,
  heard: { readonly next: (result: Json) => void; readonly signal: AbortSignal },
) => Promise<void>;
