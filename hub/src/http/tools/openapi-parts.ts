import type { JsonObject } from '@counterpart/schemas';

/** The hub's token, as its file `token` in the data folder holds it. */
export const TOKEN_SCHEME: JsonObject = {
  type: 'http',
  scheme: 'bearer',
  description: "The hub's token, which stands in the file `token` of its data folder.",
};

const text = { type: 'string' };

/** An error of the hub as an HTTP body. */
export const PROBLEM_SCHEMA: JsonObject = {
  type: 'object',
  description: 'Why there is no answer (RFC 9457), and what to do about it.',
  properties: {
    code: { ...text, description: "The error's name in the catalogue of errors; it stays the same." },
    title: text,
    status: { type: 'integer' },
    detail: { ...text, description: 'What was being done and what was found.' },
    fix: { ...text, description: 'What to try next.' },
    docs: text,
    instance: text,
    params: { type: 'object' },
    errors: {
      type: 'array',
      description: 'Each place where the arguments do not fit.',
      items: {
        type: 'object',
        properties: { pointer: text, detail: text },
        required: ['pointer', 'detail'],
      },
    },
    result: { type: 'object', description: 'The whole result of a tool that says that it failed.' },
  },
  required: ['code', 'title', 'status', 'detail', 'fix'],
};

/** What a tool without an `outputSchema` may answer. */
export const RESULT_SCHEMA: JsonObject = {
  description: 'The structured content of the result, or a list of its content blocks where there is none.',
};

const PROBLEMS: readonly (readonly [status: number | 'default', name: string, description: string])[] = [
  [400, 'BadArguments', 'The body is not JSON, or the arguments do not fit: `errors` says where.'],
  [401, 'Unauthorized', "The hub's token is missing or wrong."],
  [403, 'Forbidden', 'The call is not allowed here.'],
  [404, 'NotFound', 'There is no such server or tool.'],
  [409, 'TaskOnly', 'The tool runs only as a task, which nobody waits for here.'],
  [413, 'TooLarge', 'The body is too large.'],
  [415, 'WrongType', 'The body is not JSON.'],
  [422, 'Failed', 'The tool says that it failed, or it asks back, which nobody answers here.'],
  [502, 'Broken', 'The server was lost or answered with an error of its own.'],
  [503, 'Busy', 'The server is busy or does not start.'],
  [504, 'TooLate', 'The server did not answer in time.'],
  ['default', 'Other', 'Anything else that is in the way.'],
];

/** Responses among the components, by name. */
export const PROBLEM_RESPONSES: JsonObject = Object.fromEntries(
  PROBLEMS.map(([status, name, description]) => [
    name,
    {
      description,
      ...(status === 503
        ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } }
        : {}),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

/** References to them by status, as every operation has them. */
export const PROBLEM_REFERENCES: JsonObject = Object.fromEntries(
  PROBLEMS.map(([status, name]) => [String(status), { $ref: `#/components/responses/${name}` }]),
);
