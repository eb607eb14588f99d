import type { HttpBinding, JsonSchema } from '@counterpart/schemas';

/** Name of the shared schema of a request; no type of GraphQL has a dot in its name. */
export const REQUEST_TYPE = 'graphql.request';

/** What every request holds (GraphQL over HTTP, section 5). */
export const REQUEST_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    query: { type: 'string', description: 'The document.' },
    variables: { type: ['object', 'null'] },
    operationName: { type: ['string', 'null'] },
    extensions: { type: ['object', 'null'] },
  },
  required: ['query'],
};

/** The POST that carries a request. */
export const bindingAt = (path: string): HttpBinding => ({
  method: 'POST',
  path,
  parameters: [],
  body: {
    required: true,
    contents: [{ mediaType: 'application/json', kind: 'json', schema: { $ref: `#/$defs/${REQUEST_TYPE}` } }],
  },
  responses: [
    {
      status: '200',
      contents: [{ mediaType: 'application/graphql-response+json' }, { mediaType: 'application/json' }],
    },
  ],
  accept: ['application/graphql-response+json', 'application/json'],
});
