import type { DecodedParameter, DecodedRequest } from './decode-request.ts';
import { breachProblem, type RequestProblem } from '../answer/problem.ts';
import type { SchemaBook } from '../schema/schema-book.ts';

/** Everything in a decoded request that breaks the operation's contract, with what could not be decoded first. */
export function validateRequest(request: DecodedRequest, book: SchemaBook): readonly RequestProblem[] {
  const unread = new Set(request.problems.map(({ in: place, name }) => `${place} ${name}`));
  const inParameters = request.parameters.flatMap((parameter) => validateParameter(parameter, book));
  const inBody = unread.has('body ') ? [] : validateBody(request, book);
  return [...request.problems, ...inParameters, ...inBody];
}

/** Where one parameter's value breaks its schema, or that it is missing. */
export function validateParameter(
  { binding, schema, value }: DecodedParameter,
  book: SchemaBook,
): readonly RequestProblem[] {
  const place = { in: binding.in, name: binding.name };
  if (value === undefined) {
    if (!binding.required) return [];
    return [
      { ...place, path: '', message: 'is required', expected: 'a value', found: 'nothing', kind: 'breach' },
    ];
  }
  if (value === '' && binding.allowEmptyValue === true) return [];
  return book.breaches(schema, value).map((breach) => breachProblem(place, breach));
}

function validateBody({ operation, body }: DecodedRequest, book: SchemaBook): readonly RequestProblem[] {
  const place = { in: 'body', name: '' } as const;
  if (body)
    return book.breaches(body.content.schema, body.value).map((breach) => breachProblem(place, breach));
  // Of GET and HEAD no body ever arrives: the fetch standard gives such requests none.
  if (operation.http.body?.required !== true || /^(?:GET|HEAD)$/.test(operation.http.method)) return [];
  const expected = operation.http.body.contents.map(({ mediaType }) => mediaType).join(', ');
  return [{ ...place, path: '', message: 'is required', expected, found: 'nothing', kind: 'breach' }];
}
