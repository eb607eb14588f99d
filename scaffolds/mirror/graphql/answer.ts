import { GraphQLError, type ExecutionResult } from 'graphql';
import type { RawRequest } from '../request/decode-request.ts';
import type { GraphqlEngine, Prepared } from './engine.ts';
import { MalformedRequest, readRequest } from './request.ts';

const RESPONSE_TYPE = 'application/graphql-response+json';

const accepts = (raw: RawRequest, type: string): boolean => (raw.headers.get('accept') ?? '').includes(type);

function respond(raw: RawRequest, result: ExecutionResult, status: number): Response {
  // With the older media type a request that is well formed is answered 200 (GraphQL over HTTP, 6.4.1).
  const isNew = accepts(raw, RESPONSE_TYPE);
  const type = isNew ? RESPONSE_TYPE : 'application/json';
  return new Response(JSON.stringify(result), {
    status,
    headers: { 'content-type': `${type}; charset=utf-8` },
  });
}

/** What an HTTP request asks for: a document to execute, or the response that refuses it. */
export async function prepareHttp(engine: GraphqlEngine, raw: RawRequest): Promise<Prepared | Response> {
  try {
    const prepared = engine.prepare(await readRequest(raw));
    if ('errors' in prepared)
      return respond(raw, { errors: prepared.errors }, accepts(raw, RESPONSE_TYPE) ? 400 : 200);
    if (raw.method === 'GET' && prepared.kind !== 'query')
      throw new MalformedRequest('GET is for queries only.', 405);
    return prepared;
  } catch (error) {
    if (!(error instanceof MalformedRequest)) throw error;
    const response = respond(
      raw,
      { errors: [new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } })] },
      error.status,
    );
    if (error.status === 405) response.headers.set('allow', 'GET, POST');
    return response;
  }
}

/** Events of a subscription as server-sent events (GraphQL over SSE, distinct connections mode). */
function stream(results: AsyncGenerator<ExecutionResult, void, void>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The head goes out at once: the caller waits for it.
      controller.enqueue(encoder.encode(':\n\n'));
    },
    async pull(controller) {
      const { done, value } = await results.next();
      const event =
        done === true ? 'event: complete\ndata:\n\n' : `event: next\ndata: ${JSON.stringify(value)}\n\n`;
      controller.enqueue(encoder.encode(event));
      if (done === true) controller.close();
    },
    async cancel() {
      await results.return();
    },
  });
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
  return new Response(body, { headers });
}

async function once(result: ExecutionResult): Promise<AsyncGenerator<ExecutionResult, void, void>> {
  async function* one(): AsyncGenerator<ExecutionResult, void, void> {
    yield result;
  }
  return Promise.resolve(one());
}

/** Executes a prepared document and answers it. */
export async function answerHttp(
  engine: GraphqlEngine,
  prepared: Prepared,
  raw: RawRequest,
): Promise<Response> {
  const isStream = accepts(raw, 'text/event-stream');
  if (prepared.kind === 'subscription') {
    if (!isStream) {
      const message =
        'Subscriptions are answered as text/event-stream, or over WebSocket (graphql-transport-ws).';
      return respond(
        raw,
        { errors: [new GraphQLError(message, { extensions: { code: 'NOT_ACCEPTABLE' } })] },
        406,
      );
    }
    const results = await engine.listen(prepared);
    return stream('next' in results ? results : await once(results));
  }
  const result = await engine.run(prepared);
  return isStream && !accepts(raw, 'json') ? stream(await once(result)) : respond(raw, result, 200);
}
