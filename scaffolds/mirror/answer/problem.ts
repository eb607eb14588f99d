import type { Breach } from '../schema/breach.ts';

/** One thing wrong with a request. */
export interface RequestProblem {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'querystring' | 'body';
  /** Name on the wire; empty for the body as a whole. */
  readonly name: string;
  /** JSON pointer inside the value. */
  readonly path: string;
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  /** `malformed` could not be read at all; `media-type` is of a type the operation does not take. */
  readonly kind: 'malformed' | 'media-type' | 'breach';
}

/** A problem document (RFC 9457) and the headers that go with it. */
export interface MirrorProblem {
  readonly status: number;
  readonly slug: string;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
}

/** A breach found in the value of a parameter or body. */
export function breachProblem(place: Pick<RequestProblem, 'in' | 'name'>, breach: Breach): RequestProblem {
  return { ...place, ...breach, kind: 'breach' };
}

/** One line for logs and details: `query limit: must be integer`. */
export function problemLine(problem: RequestProblem): string {
  const name = problem.name === '' ? '' : ` ${problem.name}`;
  return `${problem.in}${name}${problem.path}: ${problem.message}`;
}

const KINDS = [
  {
    kind: 'media-type',
    status: 415,
    slug: 'unsupported-media-type',
    title: 'The body is of a type this operation does not take',
  },
  { kind: 'malformed', status: 400, slug: 'malformed-request', title: 'The request cannot be read' },
  { kind: 'breach', status: 422, slug: 'contract-breach', title: 'The request does not fit the contract' },
] as const;

/** The one answer to all that is wrong with a request; undefined when nothing is. */
export function requestProblem(problems: readonly RequestProblem[]): MirrorProblem | undefined {
  const found = KINDS.find(({ kind }) => problems.some((problem) => problem.kind === kind));
  if (!found) return undefined;
  const errors = problems.map(({ kind: _kind, ...problem }) => problem);
  const detail = problems.slice(0, 3).map(problemLine).join('; ');
  return { status: found.status, slug: found.slug, title: found.title, detail, members: { errors } };
}

/** A problem as a response. */
export function toResponse(problem: MirrorProblem): Response {
  const { status, slug, title, detail, headers = {}, members = {} } = problem;
  const document = { type: `urn:counterpart:mirror:${slug}`, title, status, detail, ...members };
  return new Response(JSON.stringify(document), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  });
}
