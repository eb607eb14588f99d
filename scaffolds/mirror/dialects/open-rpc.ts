import type { Blueprint, Json, JsonObject, Operation } from '@counterpart/schemas';
import { isArray, isObject, own } from '../schema/json-value.ts';

/** What a service says of itself when it is asked for `rpc.discover`: an OpenRPC 1.3 document. */
export function openRpcOf({ title, version, description, operations, types }: Blueprint): JsonObject {
  return {
    openrpc: '1.3.2',
    info: { title, version, ...(description === undefined ? {} : { description }) },
    methods: operations.flatMap((operation) => methodOf(operation)),
    components: {
      schemas: Object.fromEntries(Object.entries(types).map(([name, schema]) => [name, rebased(schema)])),
    },
  };
}

function methodOf({ rpc, http, description, deprecated, tags }: Operation): JsonObject[] {
  if (rpc === undefined) return [];
  const given = http.body?.contents[0]?.schema;
  const schema = isObject(given) ? given : {};
  const required = isArray(schema['required']) ? schema['required'] : [];
  const renames = http.body?.renames?.['**'] ?? {};
  const keys = new Map(Object.entries(renames).map(([key, name]) => [name, key]));
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const params = rpc.order.map((name): Json => {
    const key = keys.get(name) ?? name;
    return { name, required: required.includes(key), schema: rebased(own(properties, key) ?? true) };
  });
  const result = http.responses.find(({ status }) => status.startsWith('2'))?.contents[0]?.schema;
  return [
    {
      name: rpc.method,
      description,
      paramStructure: rpc.params,
      ...(deprecated === true ? { deprecated } : {}),
      tags: tags.map((name) => ({ name })),
      params,
      result: { name: 'result', schema: rebased(result ?? true) },
      ...(rpc.errors === undefined ? {} : { errors: rpc.errors }),
    },
  ];
}

/** A schema whose references lead into the components of the document. */
function rebased(value: Json): Json {
  if (isArray(value)) return value.map(rebased);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace(/^#\/\$defs\//, '#/components/schemas/')
        : rebased(inner),
    ]),
  );
}
