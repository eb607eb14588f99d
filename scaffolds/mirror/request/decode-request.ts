import type { Json, JsonSchema, Operation, ParameterBinding } from '@counterpart/schemas';
import type { XmlElement } from '@counterpart/kit/soap';
import { contentFor, readBody, type BodyValue } from './body-value.ts';
import type { Typing } from './coerce.ts';
import { isObject, own, toSchema } from '../schema/json-value.ts';
import { readParameter, type ReadParameter, type WireSource } from './parameter-values.ts';
import type { RequestProblem } from '../answer/problem.ts';
import type { RouteCandidate } from '../route/router.ts';
import { MalformedText, parsePairs, type WirePair } from './wire-tree.ts';

/** A request before anything of it is decoded. */
export interface RawRequest {
  readonly method: string;
  /** Below the place the mirror is mounted at; still encoded. */
  readonly path: string;
  /** Without the question mark; still encoded. */
  readonly query: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The whole address without its query, for links to other pages; default: the path. */
  readonly address?: string;
  /** What stands in the header of a SOAP envelope. */
  readonly envelope?: readonly XmlElement[];
}

export interface DecodedParameter {
  readonly binding: ParameterBinding;
  readonly schema: JsonSchema;
  /** Undefined: not given. */
  readonly value: Json | undefined;
}

/** A request as the operation sees it, with everything that could not be read. */
export interface DecodedRequest {
  readonly operation: Operation;
  readonly parameters: readonly DecodedParameter[];
  readonly body?: BodyValue;
  readonly problems: readonly RequestProblem[];
  /** Query parameters that the operation does not know. */
  readonly unknownQuery: readonly string[];
}

/** What reading any request of an operation needs, worked out with its first one. */
interface ReadingPlan {
  readonly parameters: readonly { readonly binding: ParameterBinding; readonly schema: JsonSchema }[];
  readonly inQuery: readonly string[];
  /** Names of pairs that stand in the path template itself. */
  readonly inTemplate: ReadonlySet<string | undefined>;
}

const plans = new WeakMap<Operation, ReadingPlan>();

function planOf(operation: Operation): ReadingPlan {
  const known = plans.get(operation);
  if (known) return known;
  const { parameters, path } = operation.http;
  const plan: ReadingPlan = {
    parameters: parameters.map((binding) => ({ binding, schema: parameterSchema(operation, binding) })),
    inQuery: parameters.filter((binding) => binding.in === 'query').map(({ name }) => name),
    inTemplate: new Set((path.split('?')[1] ?? '').split('&').map((pair) => pair.split('=')[0])),
  };
  plans.set(operation, plan);
  return plan;
}

/** The schema of a parameter: the property of the input that it carries. */
function parameterSchema(operation: Operation, binding: ParameterBinding): JsonSchema {
  const properties = isObject(operation.input) ? operation.input['properties'] : undefined;
  return isObject(properties) ? toSchema(own(properties, binding.key)) : true;
}

function parseCookies(header: string | null): readonly WirePair[] {
  return (header ?? '').split(/;\s*/).flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [{ name: part.slice(0, at).trim(), raw: part.slice(at + 1) }];
  });
}

function malformed(place: Pick<RequestProblem, 'in' | 'name'>, error: MalformedText): RequestProblem {
  return {
    ...place,
    path: '',
    message: `cannot be read: ${error.message}`,
    expected: 'well-formed text',
    found: 'malformed text',
    kind: 'malformed',
  };
}

type Reading = ReadParameter | { readonly problem: RequestProblem };

function tryRead(source: WireSource, binding: ParameterBinding, schema: JsonSchema, typing: Typing): Reading {
  try {
    return readParameter(source, binding, schema, typing);
  } catch (thrown) {
    if (thrown instanceof MalformedText) return { problem: malformed(binding, thrown) };
    throw thrown;
  }
}

interface ReadParameters {
  readonly parameters: readonly DecodedParameter[];
  readonly problems: readonly RequestProblem[];
  readonly used: ReadonlySet<string>;
}

function readParameters(
  bindings: ReadingPlan['parameters'],
  source: WireSource,
  typing: Typing,
): ReadParameters {
  const parameters: DecodedParameter[] = [];
  const problems: RequestProblem[] = [];
  const used = new Set<string>();
  for (const { binding, schema } of bindings) {
    const read = tryRead(source, binding, schema, typing);
    if ('problem' in read) {
      problems.push({ ...read.problem, in: binding.in, name: binding.name });
      continue;
    }
    parameters.push({ binding, schema, value: read.value });
    for (const name of read.used) used.add(name);
  }
  return { parameters, problems, used };
}

/** Only the path parameters: what decides between templates that both fit. */
export function decodePath(candidate: RouteCandidate, typing: Typing): ReadParameters {
  const source: WireSource = {
    pathValues: candidate.pathValues,
    query: '',
    pairs: [],
    headers: new Headers(),
    cookies: [],
    claimed: new Set(),
  };
  const inPath = planOf(candidate.operation).parameters.filter(({ binding }) => binding.in === 'path');
  return readParameters(inPath, source, typing);
}

type ReadBodyResult = { readonly body: BodyValue } | { readonly problem: RequestProblem } | undefined;

const WHOLE_BODY = { in: 'body', name: '', path: '' } as const;

async function decodeBody(operation: Operation, raw: RawRequest, typing: Typing): Promise<ReadBodyResult> {
  const binding = operation.http.body;
  if (!binding) return undefined;
  const contentType = raw.headers.get('content-type') ?? '';
  if (raw.body.length === 0 && contentType === '') return undefined;
  const content = contentFor(binding.contents, contentType);
  if (!content) {
    const expected = binding.contents.map(({ mediaType }) => mediaType).join(', ');
    return {
      problem: {
        ...WHOLE_BODY,
        message: `must be ${expected}`,
        expected,
        found: contentType,
        kind: 'media-type',
      },
    };
  }
  if (
    raw.body.length === 0 &&
    content.kind !== 'form' &&
    content.kind !== 'binary' &&
    content.kind !== 'text'
  )
    return undefined;
  try {
    return { body: await readBody(raw.body, { binding, content, contentType }, typing) };
  } catch (thrown) {
    if (thrown instanceof MalformedText) return { problem: malformed(WHOLE_BODY, thrown) };
    throw thrown;
  }
}

/** Query pairs; a query that cannot be decoded is one problem and no pairs. */
function readPairs(query: string): {
  readonly pairs: readonly WirePair[];
  readonly problems: readonly RequestProblem[];
} {
  try {
    return { pairs: parsePairs(query), problems: [] };
  } catch (thrown) {
    if (thrown instanceof MalformedText)
      return { pairs: [], problems: [malformed({ in: 'query', name: '' }, thrown)] };
    throw thrown;
  }
}

/** Decodes every parameter and the body of a request by the operation's bindings. `credentials` are query names that hold one. */
export async function decodeRequest(
  candidate: RouteCandidate,
  raw: RawRequest,
  typing: Typing,
  credentials: readonly string[] = [],
): Promise<DecodedRequest> {
  const { operation, pathValues } = candidate;
  const { pairs, problems } = readPairs(raw.query);
  const plan = planOf(operation);
  const source: WireSource = {
    pathValues,
    query: raw.query,
    pairs,
    headers: raw.headers,
    cookies: parseCookies(raw.headers.get('cookie')),
    claimed: new Set([...plan.inQuery, ...credentials]),
  };
  const read = readParameters(plan.parameters, source, typing);
  const body = await decodeBody(operation, raw, typing);
  const unknown = pairs
    .map(({ name }) => name)
    .filter((name) => !read.used.has(name) && !credentials.includes(name) && !plan.inTemplate.has(name));
  return {
    operation,
    parameters: read.parameters,
    ...(body && 'body' in body ? { body: body.body } : {}),
    problems: [...problems, ...read.problems, ...(body && 'problem' in body ? [body.problem] : [])],
    unknownQuery: [...new Set(unknown)],
  };
}
