import type { Json, JsonObject, JsonSchema, Operation, Pagination } from '@counterpart/schemas';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const membersOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** How the pages are read, with what a page's size and number may be. */
export function renderPaging(operation: Operation, pagination: Pagination): string[] {
  const { input, idempotent } = operation;
  const properties = typeof input === 'boolean' ? {} : membersOf(input['properties']);
  const facts = Object.entries(properties).map(([key, schema]) => [key, toFacts(schema)] as const);
  const known = { type: 'object', properties: Object.fromEntries(facts) };
  return [
    '/** How its pages are read. */',
    `const paged: PagedBinding = { http: binding, ...${JSON.stringify({ pagination, input: known, idempotent }, null, 2)} };`,
  ];
}

/** What of a schema the paging asks for: its type and its bound; of the body also those of its members. */
function toFacts(schema: Json | undefined): JsonSchema {
  const { type, maximum, properties } = membersOf(schema);
  const members = Object.entries(membersOf(properties));
  return {
    ...(type === undefined ? {} : { type }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(members.length === 0
      ? {}
      : { properties: Object.fromEntries(members.map(([key, member]) => [key, toFacts(member)])) }),
  };
}
