import type { Json, Operation } from '@counterpart/schemas';
import { toResponse } from '../answer/problem.ts';
import { renderBody } from '../answer/render.ts';
import { declaredResponse } from '../contract/check-response.ts';
import { negotiate } from '../request/media-type.ts';
import { samplerOf } from '../sample/sample.ts';
import { isObject } from '../schema/json-value.ts';
import type { SchemaBook } from '../schema/schema-book.ts';

/** An error to be given in the description's own form. */
export interface DescribedError {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Members that tell the status, and members that tell what is wrong. */
const STATUS_MEMBER = /^(?:status|status_?code|code|http_?code|http_?status)$/i;
const TEXT_MEMBER =
  /^(?:message|detail|details|title|description|error_?description|error_?message|reason)$/i;

/** An error answer as the operation declares it for this status, else a problem document (RFC 9457). */
export function describedError(
  operation: Operation | undefined,
  error: DescribedError,
  {
    book,
    seed,
    accept,
  }: { readonly book: SchemaBook; readonly seed: number; readonly accept: string | null },
): Response {
  const { status, title, detail, headers } = error;
  const contents = operation ? (declaredResponse(operation, status)?.contents ?? []) : [];
  const content = negotiate(accept ?? undefined, contents) ?? contents[0];
  if (!content) return toResponse({ status, slug: 'fault', title, detail, headers });
  const { schema, examples = [], mediaType } = content;
  const example = examples.find((one) => schema === undefined || book.accepts(schema, one));
  const made =
    example ??
    (schema === undefined ? undefined : samplerOf(book, seed).sample(schema, { salt: `error ${status}` }));
  const told =
    made === undefined || schema === undefined
      ? made
      : telling(made, error, (value) => book.accepts(schema, value));
  if (told === undefined) return toResponse({ status, slug: 'fault', title, detail, headers });
  const { bytes, contentType } = renderBody(mediaType, told);
  return new Response(Uint8Array.from(bytes), {
    status,
    headers: { ...headers, 'content-type': contentType },
  });
}

/** The made-up error with its status and its words put in wherever the schema lets them stand. */
function telling(made: Json, { status, detail }: DescribedError, accepts: (value: Json) => boolean): Json {
  const told = put(made, (name, value) => {
    if (typeof value === 'number' && STATUS_MEMBER.test(name)) return status;
    return typeof value === 'string' && TEXT_MEMBER.test(name) ? detail : value;
  });
  return accepts(told) ? told : made;
}

function put(value: Json, replace: (name: string, value: Json) => Json): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, put(replace(name, member), replace)]),
  );
}
