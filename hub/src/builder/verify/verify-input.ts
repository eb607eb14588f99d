import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import type { Blueprint, JsonObject, Operation } from '@counterpart/schemas';

/** Seconds that one event of a mirror is waited for. */
const PATIENCE_S = 2;

/** Arguments to call a tool with against its mirror: what listens asks for one event. Throws SAMPLE_IMPOSSIBLE. */
export async function verifyInput(blueprint: Blueprint, operation: Operation): Promise<JsonObject> {
  const input = { ...sampleInput(blueprint, operation, { seed: 1 }), ...conditionsOf(operation) };
  const { stream, graphql: call } = operation;
  const bounds = stream?.bounds ?? (call?.kind === 'field' ? call.bounds : undefined);
  if (bounds !== undefined) return { ...input, [bounds.events]: 1, [bounds.seconds]: PATIENCE_S };
  if (call?.kind !== 'schema' || call.does !== 'subscription' || blueprint.graphql === undefined)
    return input;
  const { sampleSubscription } = await import('@counterpart/scaffolds/mirror/graphql/sample-subscription');
  const document = sampleSubscription(blueprint.graphql);
  return { ...input, ...(document === undefined ? {} : { document }), events: 1, seconds: PATIENCE_S };
}

/** No sample is the tag of what a mirror holds; `*` is that of anything that is there (RFC 9110, 13.1.1). */
const conditionsOf = ({ http }: Operation): JsonObject =>
  Object.fromEntries(
    http.parameters.flatMap(({ in: place, name, key, required }) =>
      required && place === 'header' && /^if-match$/i.test(name) ? [[key, '*']] : [],
    ),
  );
