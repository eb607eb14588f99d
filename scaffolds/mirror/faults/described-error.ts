import type { Operation } from '@counterpart/schemas';
import { errorBody, type ErrorNews } from '../answer/error-body.ts';
import { toResponse } from '../answer/problem.ts';
import { renderBody } from '../answer/render.ts';
import { samplerOf } from '../sample/sample.ts';
import type { SchemaBook } from '../schema/schema-book.ts';

/** An error to be given in the description's own form. */
export interface DescribedError extends ErrorNews {
  readonly headers: Readonly<Record<string, string>>;
}

/** An error answer as the operation declares it for this status, else a problem document (RFC 9457). */
export function describedError(
  operation: Operation | undefined,
  { headers, ...news }: DescribedError,
  { book, seed }: { readonly book: SchemaBook; readonly seed: number },
): Response {
  const body = operation && errorBody(operation, news, { book, sampler: samplerOf(book, seed) });
  if (!body) return toResponse({ ...news, headers });
  const { bytes, contentType } = renderBody(body.mediaType, body.value);
  return new Response(Uint8Array.from(bytes), {
    status: news.status,
    headers: { ...headers, 'content-type': contentType },
  });
}
