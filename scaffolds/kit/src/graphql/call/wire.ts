import type { Blueprint, GraphqlCall, Operation } from '@counterpart/schemas';
import type { Sent } from '../../http/send.ts';
import type { Wire } from '../../interpret/wire.ts';
import type { Arguments } from '../../tools/tool.ts';
import { schemaOf } from '../schema/known.ts';
import { fieldExchange } from './field-call.ts';
import { carry, type GraphqlRequest } from './request.ts';
import { documentSubscription, fieldSubscription } from './subscription.ts';
import { documentExchange, offlineAnswer, runnable, textResult } from './schema-call.ts';

/** How a GraphQL call travels; made anew for each call. */
export function graphqlWire(blueprint: Blueprint, operation: Operation, call: GraphqlCall): Wire {
  if (call.kind === 'field')
    return call.operation === 'subscription'
      ? fieldSubscription(blueprint, operation, call)
      : fieldExchange(blueprint, operation, call);
  const { does } = call;
  if (does === 'subscription') return documentSubscription(blueprint, operation);
  const toRequest = (args: Arguments): GraphqlRequest =>
    runnable(schemaOf(blueprint), args, does === 'mutation' ? 'mutation' : 'query');
  const exchange = documentExchange();
  return {
    local(args) {
      const text = offlineAnswer(blueprint, call, args);
      return text === undefined ? undefined : textResult(text);
    },
    toRequest: (args) => carry(blueprint, operation, toRequest(args)),
    fromAnswer: (sent: Sent) => exchange.fromAnswer(sent),
    finish: (result) => exchange.finish(result),
  };
}
