import type { ServerResponse } from 'node:http';
import { errorCatalogue, type CounterpartError, type ErrorCode } from '@counterpart/schemas';

/** An error as OpenAI's clients read it; `code` is ours unless they know another, and `fix` says what to do. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    /** The member of the request that is wrong, such as `messages[2].content`. */
    readonly param: string | null;
    readonly code: string;
    readonly fix: string;
    /** Ours, where `code` is not. */
    readonly counterpart?: { readonly code: ErrorCode };
  };
}

/** Codes of OpenAI's by which programs know what to do, such as to shorten what they send. */
const KNOWN: Readonly<Partial<Record<ErrorCode, string>>> = { MODEL_OVER_CONTEXT: 'context_length_exceeded' };

/** The code of an error as programs know it. */
export const codeOf = (code: ErrorCode): string => KNOWN[code] ?? code;

/** Seconds after which what is busy now may be free (RFC 9110, 10.2.3): as the provider says, else one. */
function retryAfter({ params: { retryAfterMs } }: CounterpartError): string {
  return String(typeof retryAfterMs === 'number' ? Math.max(1, Math.ceil(retryAfterMs / 1000)) : 1);
}

const typeOf = (status: number): string => {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
};

/** The body of an error; the member that is wrong stands in the error's `field`. */
export function toErrorBody(error: CounterpartError): ErrorBody {
  const { field } = error.params;
  const code = codeOf(error.code);
  return {
    error: {
      message: `${error.message.replace(/[.\s]*$/, '')}. ${error.fix}`,
      type: typeOf(errorCatalogue[error.code].status),
      param: typeof field === 'string' && field !== '' ? field : null,
      code,
      fix: error.fix,
      ...(code === error.code ? {} : { counterpart: { code: error.code } }),
    },
  };
}

/** Answers with an error, unless the answer has begun already. */
export function answerError(res: ServerResponse, error: CounterpartError): void {
  if (res.headersSent || res.destroyed) return void res.end();
  const { status } = errorCatalogue[error.code];
  const busy = status === 429 || status === 503;
  answerJson(res, toErrorBody(error), status, {
    ...(status === 405 ? { allow: String(error.params['methods']) } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(busy ? { 'retry-after': retryAfter(error) } : {}),
    // Clients of OpenAI's ask again after any 409 or 5xx: where that cannot help they are told.
    'x-should-retry': String(busy),
  });
}

/** Answers with a JSON document. */
export function answerJson(
  res: ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (res.destroyed) return;
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  res.end(text);
}
