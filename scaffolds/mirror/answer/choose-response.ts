import type { Json, Operation, ResponseBinding, ResponseContent } from '@counterpart/schemas';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import { negotiate } from '../request/media-type.ts';
import type { MirrorProblem } from './problem.ts';

/** What a `prefer` header asks for (RFC 7240): `code=404`, `example=1`. */
export interface Preference {
  readonly code?: number;
  /** Which of the declared examples, counted from 1. */
  readonly example?: number;
}

/** Reads a `prefer` header; what it does not know is left to others. */
export function parsePreference(header: string | undefined): Preference {
  const pairs = (header ?? '').split(/[,;]/).flatMap((part) => {
    const found = /^\s*(code|example)\s*=\s*"?(\d{1,3})"?\s*$/i.exec(part);
    return found ? [[(found[1] ?? '').toLowerCase(), Number(found[2])] as const] : [];
  });
  const named = new Map(pairs);
  const code = named.get('code');
  const example = named.get('example');
  return { ...(code === undefined ? {} : { code }), ...(example === undefined ? {} : { example }) };
}

/** The declared response to give and the status to give it with. */
export interface ChosenResponse {
  readonly status: number;
  /** Absent when the operation declares no response but errors. */
  readonly response?: ResponseBinding;
  /** Absent for a response without a body. */
  readonly content?: ResponseContent;
}

export type ResponseChoice = { readonly chosen: ChosenResponse } | { readonly problem: MirrorProblem };

/** A response's own status; ranges stand for their first, `default` for success. */
function statusOf(status: string): number {
  if (status === 'default') return 200;
  return status.endsWith('XX') ? Number(status[0]) * 100 : Number(status);
}

const rank = (status: string): number => {
  if (/^2\d\d$/.test(status)) return Number(status);
  if (status === '2XX') return 300;
  if (status === 'default') return 400;
  return 1_000 + statusOf(status);
};

/** What a valid request may get: an error only when it is preferred, and no interim status, after which a client would wait. */
function inOrder(responses: readonly ResponseBinding[], isMade: boolean): readonly ResponseBinding[] {
  const order = ({ status }: ResponseBinding): number => (isMade && status === '201' ? 0 : rank(status));
  return responses.filter(({ status }) => !/^[145]/.test(status)).toSorted((a, b) => order(a) - order(b));
}

function preferred(operation: Operation, code: number): ResponseChoice {
  const { responses } = operation.http;
  const declared =
    responses.find(({ status }) => status === String(code)) ??
    responses.find(({ status }) => status === `${String(code)[0]}XX`) ??
    responses.find(({ status }) => status === 'default');
  if (declared && code >= 200 && code <= 599) return { chosen: { status: code, response: declared } };
  const statuses = responses.map(({ status }) => status);
  return {
    problem: {
      status: 400,
      slug: 'preference-unmet',
      title: 'The preferred status is not declared',
      detail: `The operation ${operation.name} declares no response ${code}; it declares ${statuses.join(', ') || 'none'}.`,
      members: { declared: statuses },
    },
  };
}

function withContent(chosen: ChosenResponse, accept: string | undefined): ChosenResponse | undefined {
  const contents = chosen.response?.contents ?? [];
  if (contents.length === 0 || [204, 205, 304].includes(chosen.status)) return chosen;
  const content = negotiate(accept, contents);
  return content && { ...chosen, content };
}

/** The first response; other successes only where they offer types that the first may lack. */
function successCandidates(
  ordered: readonly ResponseBinding[],
): readonly (ChosenResponse & { readonly response: ResponseBinding })[] {
  const offersMore = (response: ResponseBinding): boolean =>
    rank(response.status) <= 300 && response.contents.length > 0;
  return ordered
    .filter((response, index) => index === 0 || offersMore(response))
    .map((response) => ({ status: statusOf(response.status), response }));
}

/** Choices by what was asked for; clients of a service send few different headers. */
const choices = new WeakMap<Operation, Map<string, ResponseChoice>>();
const MAX_CHOICES = 64;

/** Success responses that the request's Accept can take, else every declared type in a 406; `isMade`: 201 comes first. */
export function chooseResponse(
  operation: Operation,
  accept: string | undefined,
  preference: Preference & { readonly isMade?: boolean },
): ResponseChoice {
  const known = choices.get(operation) ?? new Map<string, ResponseChoice>();
  choices.set(operation, known);
  const asked = `${preference.code ?? ''} ${preference.isMade === true} ${accept ?? ''}`;
  const choice = known.get(asked) ?? findResponse(operation, accept, preference);
  if (known.size < MAX_CHOICES) known.set(asked, choice);
  return choice;
}

function findResponse(
  operation: Operation,
  accept: string | undefined,
  preference: Preference & { readonly isMade?: boolean },
): ResponseChoice {
  const wanted = preference.code === undefined ? undefined : preferred(operation, preference.code);
  if (wanted && 'problem' in wanted) return wanted;
  const ordered = inOrder(operation.http.responses, preference.isMade ?? false);
  const [first] = ordered;
  if (!wanted && !first) return { chosen: { status: 200 } };
  const candidates = wanted ? [wanted.chosen] : successCandidates(ordered);
  for (const candidate of candidates) {
    const chosen = withContent(candidate, accept);
    if (chosen) return { chosen };
  }
  const offered = [
    ...new Set(
      candidates.flatMap(({ response }) => (response?.contents ?? []).map(({ mediaType }) => mediaType)),
    ),
  ];
  return {
    problem: {
      status: 406,
      slug: 'not-acceptable',
      title: 'No declared type is acceptable',
      detail: `The operation ${operation.name} answers ${offered.join(', ')}; the request accepts ${accept ?? 'anything'}.`,
      members: { offered },
    },
  };
}

/** A content's examples, the preferred one first. */
export function examplesOf(content: ResponseContent, preference: Preference): readonly Json[] {
  const preferred = preference.example === undefined ? undefined : content.examples?.[preference.example - 1];
  return [...(preferred === undefined ? [] : withParsed(preferred)), ...readExamples(content)];
}

/** Read once each, so that what is found out of a value is found out once. */
const read = new WeakMap<ResponseContent, readonly Json[]>();

function readExamples(content: ResponseContent): readonly Json[] {
  const known = read.get(content) ?? (content.examples ?? []).flatMap(withParsed);
  read.set(content, known);
  return known;
}

/** Many descriptions write an example of JSON as text; a schema without a type would take the text itself. */
function withParsed(example: Json): readonly Json[] {
  if (typeof example !== 'string' || !/^\s*[{[]/.test(example)) return [example];
  try {
    return [parseExactJson(example)];
  } catch {
    return [example];
  }
}
