import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import type { Sent } from '../../http/send.ts';
import { isList, isMembers, parseJson, type Members } from '../../json-value.ts';
import { decodeText, mediaTypeOf } from '../../interpret/media.ts';
import type { CallResult } from '../../tools/tool.ts';

const MOST_ERRORS = 8;
const LONGEST_MESSAGE = 500;

/** What a service answered to a request (GraphQL September 2025, section 7). */
export interface GraphqlAnswer {
  /** Undefined and null: the request failed as a whole. */
  readonly data: Members | undefined;
  readonly errors: readonly Members[];
  readonly extensions: Members | undefined;
}

/** Reads an answer's JSON; undefined when it is no answer to a GraphQL request. */
export function toAnswer(value: Json): GraphqlAnswer | undefined {
  if (!isMembers(value)) return undefined;
  const { data, errors, extensions } = value;
  if (data === undefined && !isList(errors)) return undefined;
  return {
    data: isMembers(data) ? data : undefined,
    errors: isList(errors) ? errors.filter(isMembers) : [],
    extensions: isMembers(extensions) ? extensions : undefined,
  };
}

/**
 * The answer inside what came. Undefined for an HTTP failure without one, which is told like any other; throws
 * ToolFailure for a success that is something else.
 */
export function answerOf(sent: Sent): GraphqlAnswer | undefined {
  if (sent.truncated)
    throw new ToolFailure('The answer is larger than is read.', {
      nextStep: 'Ask for fewer fields or a shorter page.',
    });
  const text = decodeText(sent.body, sent.headers['content-type']);
  let answer: GraphqlAnswer | undefined;
  try {
    answer = toAnswer(parseJson(text));
  } catch {
    answer = undefined;
  }
  if (answer !== undefined || sent.status >= 400 || sent.status < 200) return answer;
  const type = mediaTypeOf(sent.headers['content-type']);
  throw new ToolFailure(
    `The service answered ${sent.status} with ${type === '' ? 'something' : type} that is no answer to a GraphQL request.`,
    { nextStep: 'Check that the base URL leads to the GraphQL endpoint, and not to its web page.' },
  );
}

const textAt = (value: Members | undefined, key: string): string | undefined => {
  const member = value?.[key];
  return typeof member === 'string' && member !== '' ? member : undefined;
};

/** The code of an error, where services put one. */
function codeOf(error: Members): string | undefined {
  const extensions = isMembers(error['extensions']) ? error['extensions'] : undefined;
  return textAt(extensions, 'code') ?? textAt(error, 'type') ?? textAt(error, 'code');
}

function errorLine(error: Members): string {
  const message = (textAt(error, 'message') ?? 'an error without words').slice(0, LONGEST_MESSAGE);
  const path = isList(error['path']) ? error['path'].map(String).join('.') : undefined;
  const code = codeOf(error);
  const facts = [path === undefined ? undefined : `at ${path}`, code].filter((fact) => fact !== undefined);
  return facts.length === 0 ? message : `${message} (${facts.join(', ')})`;
}

/** Errors in words, a line each. */
export function errorLines(errors: readonly Members[]): string {
  const lines = [...new Set(errors.map(errorLine))];
  const more = lines.length - MOST_ERRORS;
  return [...lines.slice(0, MOST_ERRORS), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /UNAUTHENTICATED|UNAUTHORIZED|NOT_AUTHENTICATED/i,
    'The service wants credentials, or others than the ones configured.',
  ],
  [
    /FORBIDDEN|ACCESS_DENIED|INSUFFICIENT/i,
    'The credentials may not do this; use an account with the right, or ask for less.',
  ],
  [
    /NOT_FOUND/i,
    'Check the identifiers: what they name does not exist, or is not visible to these credentials.',
  ],
  [
    /RATE|THROTTLED|COMPLEXITY|MAX_NODE|TIMEOUT/i,
    'Ask for fewer fields or a shorter page, or wait and call again.',
  ],
  [
    /VALIDATION_FAILED|undefinedField|PARSE_FAILED/i,
    'The service knows another schema than this server was built from: build it again.',
  ],
  [/BAD_USER_INPUT|INVALID|UNPROCESSABLE/i, 'Correct what the service names, then call again.'],
];

/** What to do about errors, judged from their codes. */
export function adviceOn(errors: readonly Members[]): string {
  const codes = errors.flatMap((error) => codeOf(error) ?? []).join(' ');
  return ADVICE.find(([pattern]) => pattern.test(codes))?.[1] ?? 'Correct the call, then try again.';
}

/** What of an answer is kept beside its data. */
export function metaOf({ errors, extensions }: GraphqlAnswer): Members {
  return {
    'counterpart/graphql': {
      ...(errors.length === 0 ? {} : { errors: errors.slice(0, MOST_ERRORS) }),
      ...(extensions === undefined ? {} : { extensions }),
    },
  };
}

/** A result with what was missing from the answer noted beneath it. */
export function withNotes(result: CallResult, answer: GraphqlAnswer): CallResult {
  const { errors, extensions } = answer;
  if (errors.length === 0 && extensions === undefined) return result;
  const note = `Note: parts of the answer are missing:\n${errorLines(errors)}`;
  return {
    ...result,
    content: [...result.content, ...(errors.length === 0 ? [] : [{ type: 'text' as const, text: note }])],
    _meta: { ...result._meta, ...metaOf(answer) },
  };
}
