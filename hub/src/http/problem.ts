import { type CounterpartError, errorCatalogue, toProblem } from '@counterpart/schemas';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Seconds after which what is busy now may be free (RFC 9110, 10.2.3). */
const RETRY_AFTER = '1';

/** An error as an answer of `application/problem+json` (RFC 9457); `more` are members beyond those of every problem. */
export function problem(c: Context, error: CounterpartError, more: object = {}): Response {
  const { status } = errorCatalogue[error.code];
  return c.json(
    { ...toProblem(error), instance: c.req.path, ...more },
    status satisfies number as ContentfulStatusCode,
    {
      'content-type': 'application/problem+json',
      ...(status === 405 ? { allow: String(error.params['methods']) } : {}),
      ...(status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
    },
  );
}
