import {
  type ContractFindingKind,
  type Json,
  type Operation,
  REDACTED,
  type ResponseBinding,
} from '@counterpart/schemas';
import { covers, essence, isJsonType } from '../request/media-type.ts';
import { decodeText, type SeenResponse } from '../recording/exchange.ts';
import type { Typing } from '../request/coerce.ts';
import { isArray, isObject, parseJson } from '../schema/json-value.ts';
import type { Breach } from '../schema/breach.ts';
import { unknownMembers } from './unknown-members.ts';

/** One point in which an answer differs from what is declared. */
export interface ResponseFinding {
  readonly kind: ContractFindingKind;
  /** Such as `response body /items/[]/name`. */
  readonly place: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** The declared response for a status: its own, its range's, else the default (OpenAPI, Responses Object). */
function declaredResponse(operation: Operation, status: number): ResponseBinding | undefined {
  const { responses } = operation.http;
  return (
    responses.find((response) => response.status === String(status)) ??
    responses.find((response) => response.status === `${String(status)[0]}XX`) ??
    responses.find((response) => response.status === 'default')
  );
}

/** Answers to conditions of the request, which no description lists. */
const CONDITIONAL = [304, 412, 416];
const BODYLESS = [204, 205, 304];

/** Where an answer differs from what its operation declares. Values that were redacted are not held against anything. */
export function checkResponse(
  operation: Operation,
  response: SeenResponse,
  typing: Typing,
): readonly ResponseFinding[] {
  const declared = declaredResponse(operation, response.status);
  if (!declared) {
    if (CONDITIONAL.includes(response.status)) return [];
    const statuses = operation.http.responses.map(({ status }) => status);
    return [
      {
        kind: 'undocumented-status',
        place: 'response status',
        message: 'is not documented',
        expected: statuses.join(', ') || 'none',
        found: String(response.status),
      },
    ];
  }
  if (response.isCut || declared.contents.length === 0) return [];
  if (BODYLESS.includes(response.status) || operation.http.method === 'HEAD') return [];
  return checkBody(declared, response, typing);
}

function checkBody(
  { contents }: ResponseBinding,
  response: SeenResponse,
  typing: Typing,
): readonly ResponseFinding[] {
  const mediaType = response.headers.get('content-type') ?? '';
  const expected = contents.map((content) => content.mediaType).join(', ');
  if (response.body.length === 0)
    return [
      { kind: 'response-breach', place: 'response body', message: 'is empty', expected, found: 'nothing' },
    ];
  const content = contents.find((one) => covers(one.mediaType, mediaType));
  if (!content) {
    return [
      {
        kind: 'undocumented-media-type',
        place: 'response header content-type',
        message: 'is not documented',
        expected,
        found: mediaType === '' ? 'none' : essence(mediaType),
      },
    ];
  }
  if (content.schema === undefined || !isJsonType(mediaType)) return [];
  const parsed = parseJson(decodeText(response.body) ?? '\uFFFD');
  if (parsed.kind === 'malformed')
    return [
      { kind: 'response-breach', place: 'response body', message: 'is not JSON', found: parsed.detail },
    ];
  const breaches = typing.book.breaches(content.schema, parsed.value);
  const strangers = unknownMembers(parsed.value, content.schema, typing);
  return [
    ...breaches
      .filter(({ found, path }) => !found.includes(REDACTED) && !strangers.includes(path))
      .map((breach) => fromBreach(breach, parsed.value)),
    ...strangers.map((pointer) => unknownField(pointer, parsed.value)),
  ];
}

function fromBreach({ path, message, expected, found }: Breach, value: Json): ResponseFinding {
  const place = bodyPlace(path, value);
  if (expected.startsWith('member ')) return { kind: 'missing-required', place, message, expected, found };
  if (expected === 'declared members only')
    return { kind: 'unknown-field', place, message: 'is not documented', found };
  return { kind: 'response-breach', place, message, expected, found };
}

const unknownField = (pointer: string, value: Json): ResponseFinding => ({
  kind: 'unknown-field',
  place: bodyPlace(pointer, value),
  message: 'is not documented',
});

/** A pointer whose steps into lists are all called `[]`, so that equal findings are one. */
function bodyPlace(pointer: string, root: Json): string {
  let value: Json | undefined = root;
  const steps = pointer.split('/').slice(1);
  const named = steps.map((step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const isItem = isArray(value);
    value = isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined;
    return isItem ? '[]' : step;
  });
  return ['response body', ...(named.length > 0 ? [`/${named.join('/')}`] : [])].join(' ');
}
