import type { Blueprint, GraphqlFieldCall, Json, Operation } from '@counterpart/schemas';
import type { Wire } from '../../interpret/wire.ts';
import type { Arguments } from '../../tools/tool.ts';
import { schemaOf } from '../schema/known.ts';
import { collect, type Bounds, type CollectOptions } from '../subscribe/collect.ts';
import { withNotes, type GraphqlAnswer } from './answer.ts';
import { documentOf } from './field-call.ts';
import { carry, variablesOf, type GraphqlRequest } from './request.ts';
import { runnable } from './schema-call.ts';

const USUAL: Bounds = { events: 10, seconds: 10 };

function boundsOf(args: Arguments, keys: { readonly events: string; readonly seconds: string }): Bounds {
  const at = (key: string, usual: number): number => {
    const value = args[key];
    return typeof value === 'number' ? value : usual;
  };
  return { events: at(keys.events, USUAL.events), seconds: at(keys.seconds, USUAL.seconds) };
}

interface Subscription {
  readonly blueprint: Blueprint;
  readonly operation: Operation;
  readonly keys: { readonly events: string; readonly seconds: string };
  readonly requestOf: (args: Arguments) => GraphqlRequest;
  readonly pick: CollectOptions['pick'];
}

function subscriptionWire({ blueprint, operation, keys, requestOf, pick }: Subscription): Wire {
  let told: GraphqlAnswer = { data: undefined, errors: [], extensions: undefined };
  return {
    toRequest: (args) => carry(blueprint, operation, requestOf(args)),
    async collect(request, args, { signal, progress }) {
      const bounds = boundsOf(args, keys);
      const options = { ...bounds, signal, progress, pick };
      const { errors, ...heard } = await collect({ request, body: requestOf(args) }, options);
      told = { ...told, errors };
      const body = Buffer.from(JSON.stringify(heard));
      const headers = { 'content-type': 'application/json' };
      return { status: 200, statusText: 'OK', headers, body, truncated: false, url: request.url };
    },
    fromAnswer: (sent) => sent,
    finish: (result) => withNotes(result, told),
  };
}

/** How a subscription's field is listened to: each event is the field's own value. */
export const fieldSubscription = (blueprint: Blueprint, operation: Operation, call: GraphqlFieldCall): Wire =>
  subscriptionWire({
    blueprint,
    operation,
    keys: call.bounds ?? { events: 'events', seconds: 'seconds' },
    requestOf: (args) => ({ query: documentOf(blueprint, call, args), variables: variablesOf(call, args) }),
    pick: (data): Json => data[call.field] ?? null,
  });

/** How a document with a subscription is listened to: each event is its data. */
export const documentSubscription = (blueprint: Blueprint, operation: Operation): Wire =>
  subscriptionWire({
    blueprint,
    operation,
    keys: { events: 'events', seconds: 'seconds' },
    requestOf: (args) => runnable(schemaOf(blueprint), args, 'subscription'),
    pick: (data) => data,
  });
