import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** The key that the service takes. */
export const LIBRARY_KEY = 'shelf-mark-5150';

const BOOKS = [
  { id: 'b1', title: 'The Left Hand of Darkness', author: 'Ursula K. Le Guin', year: 1969, copies: 3 },
  { id: 'b2', title: 'Kindred', author: 'Octavia E. Butler', year: 1979, copies: 1 },
  { id: 'b3', title: 'Solaris', author: 'Stanisław Lem', year: 1961, copies: 2 },
];

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ 'application/json': { schema } });
const ok = (schema: object) => ({ '200': { description: 'What was asked for', content: json(schema) } });
const listOf = (name: string) => ok({ type: 'array', items: ref(name) });
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' }, description: 'Its id' };
const query = (name: string, description: string, schema: object) => ({
  name,
  in: 'query',
  schema,
  description,
});

const operation = (tag: string, summary: string, responses: object, more: object = {}) => ({
  tags: [tag],
  summary,
  responses,
  ...more,
});
const created = (name: string) => ({
  requestBody: { required: true, content: json(ref(name)) },
});

const PATHS = {
  '/books': {
    get: operation('books', 'List books, the newest first', listOf('Book'), {
      parameters: [
        query('author', 'Part of the author’s name', { type: 'string' }),
        query('year_from', 'Published in this year or later', { type: 'integer' }),
      ],
    }),
    post: operation('books', 'Add a book', ok(ref('Book')), created('Book')),
  },
  '/books/{id}': {
    get: operation('books', 'Get one book', ok(ref('Book')), { parameters: [id] }),
    delete: operation(
      'books',
      'Withdraw a book',
      { '204': { description: 'It is gone' } },
      { parameters: [id] },
    ),
  },
  '/loans': {
    get: operation('loans', 'List loans', listOf('Loan'), {
      parameters: [query('overdue', 'Only those past their day', { type: 'boolean' })],
    }),
    post: operation('loans', 'Lend a book to a member', ok(ref('Loan')), created('Loan')),
  },
  '/loans/{id}/return': {
    post: operation('loans', 'Take a book back', ok(ref('Loan')), { parameters: [id] }),
  },
  '/members': {
    get: operation('members', 'List members', listOf('Member')),
    post: operation('members', 'Enrol a member', ok(ref('Member')), created('Member')),
  },
  '/members/{id}': {
    get: operation('members', 'Get one member', ok(ref('Member')), { parameters: [id] }),
  },
  '/statistics': {
    get: operation('statistics', 'Count loans by month', ok({ type: 'object', additionalProperties: true })),
  },
};

const text = { type: 'string' };
const whole = { type: 'integer' };
const thing = (properties: object, required: readonly string[]) => ({
  type: 'object',
  properties,
  required,
});

const SCHEMAS = {
  Book: thing({ id: text, title: text, author: text, year: whole, copies: whole }, ['title']),
  Loan: thing({ id: text, book: text, member: text, due: { type: 'string', format: 'date' } }, [
    'book',
    'member',
  ]),
  Member: thing({ id: text, name: text }, ['name']),
};

const description = (url: string) => ({
  openapi: '3.1.0',
  info: { title: 'Library', version: '2.1.0', description: 'Books of a town library, and who has them.' },
  servers: [{ url }],
  security: [{ key: [] }],
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-library-key' } },
    schemas: SCHEMAS,
  },
  paths: PATHS,
});

const PAGE =
  '<!doctype html><title>The library’s interface</title><h1>The library’s interface</h1><p>It is described in <a href="/docs/openapi.json">OpenAPI</a>.</p>';

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** A small service as a newcomer might have: a page about itself, a description that the page leads to, and a key. */
export async function startLibrary(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`);
    const say = (status: number, value: unknown): void =>
      answer(response, status, 'application/json', JSON.stringify(value));
    if (request.method === 'GET' && url.pathname === '/') return answer(response, 200, 'text/html', PAGE);
    if (request.method === 'GET' && url.pathname === '/docs/openapi.json')
      return say(200, description(url.origin));
    if (!['/books', '/loans', '/members'].includes(url.pathname)) return say(404, { error: 'not found' });
    if (request.headers['x-library-key'] !== LIBRARY_KEY) return say(401, { error: 'no key, or another' });
    const from = Number(url.searchParams.get('year_from') ?? 0);
    return say(200, url.pathname === '/books' ? BOOKS.filter(({ year }) => year >= from) : []);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // as above
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
