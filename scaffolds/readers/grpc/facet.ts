import type { GrpcFacet, Operation } from '@counterpart/schemas';

const ANY = 'google.protobuf.Any';

/** Of all that is known, what the messages of these operations can hold; an Any can hold everything. */
export function facetFor(operations: readonly Operation[], known: GrpcFacet): GrpcFacet {
  const reached = new Set<string>();
  const waiting = operations.flatMap(({ grpc }) => (grpc === undefined ? [] : [grpc.input, grpc.output]));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    if (name === ANY) return known;
    reached.add(name);
    for (const { of } of known.messages[name] ?? []) if (of !== undefined) waiting.push(of);
  }
  const those = <T>(table: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(table).filter(([name]) => reached.has(name)));
  return { messages: those(known.messages), enums: those(known.enums) };
}
