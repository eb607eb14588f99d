/** A small description, as JSON text, that tests change to their ends. */
export const shop = (change: (document: Shop) => void = () => undefined): string => {
  const document: Shop = {
    openapi: '3.1.0',
    info: { title: 'Toy Shop', version: '1.0.0', description: 'Sells toys.' },
    servers: [{ url: 'https://toys.example.test/v1' }],
    security: [{ key: [] }],
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
      schemas: {
        Toy: {
          type: 'object',
          properties: {
            id: { type: 'integer' },
            name: { type: 'string' },
            parts: { type: 'array', items: { $ref: '#/components/schemas/Toy' } },
          },
          required: ['id', 'name'],
        },
      },
    },
    paths: {
      '/toys': {
        get: {
          operationId: 'listToys',
          summary: 'List toys',
          parameters: [
            { name: 'tag[]', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
            { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, default: 10 } },
          ],
          responses: { 200: answer({ type: 'array', items: toy }) },
        },
        post: {
          operationId: 'createToy',
          requestBody: { required: true, content: { 'application/json': { schema: toy } } },
          responses: { 201: answer(toy) },
        },
      },
      '/toys/{id}': {
        get: { operationId: 'getToy', parameters: [toyId], responses: { 200: answer(toy) } },
        delete: {
          operationId: 'deleteToy',
          parameters: [toyId],
          responses: { 204: { description: 'Gone.' } },
        },
      },
    },
  };
  change(document);
  return JSON.stringify(document);
};

type Members = Record<string, unknown>;
interface Shop {
  openapi: string;
  info: Members;
  servers?: Members[];
  security?: Members[];
  components: { securitySchemes: Members; schemas: Members };
  paths: Record<string, Record<string, Members>>;
}

const toy = { $ref: '#/components/schemas/Toy' };
const toyId = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } };
const answer = (schema: Members): Members => ({
  description: 'Done.',
  content: { 'application/json': { schema } },
});
