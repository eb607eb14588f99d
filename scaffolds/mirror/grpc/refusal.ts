import { DETAILS, encodeMessage, statusOf, type StatusName } from '@counterpart/kit/grpc';
import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../schema/json-value.ts';

/** A status that is not OK. */
export interface Refusal {
  readonly status: StatusName;
  readonly words: string;
  /** For `grpc-status-details-bin`. */
  readonly details?: string | undefined;
}

const STATUSES: Readonly<Record<number, StatusName>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  415: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const MOST_VIOLATIONS = 10;

const textIn = (value: Json | undefined, name: string): string => {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : '';
};

/** What the engine's problem is to a caller of gRPC: a status, its words, and what is wrong with which field. */
export function refusalOf({ status: httpStatus, headers }: Response, problem: Json | undefined): Refusal {
  const status = STATUSES[httpStatus] ?? 'INTERNAL';
  const said = textIn(problem, 'detail') || textIn(problem, 'title');
  const words = said === '' ? `HTTP ${httpStatus}` : said;
  const details = [...violationsOf(problem), ...delayOf(headers.get('retry-after'))];
  return { status, words, ...(details.length === 0 ? {} : { details: written(status, words, details) }) };
}

function violationsOf(problem: Json | undefined): JsonObject[] {
  const errors = isObject(problem) ? problem['errors'] : undefined;
  if (!isArray(errors)) return [];
  const fieldViolations = errors.slice(0, MOST_VIOLATIONS).map((one) => ({
    field: textIn(one, 'path').replace(/^\//, '').replaceAll('/', '.'),
    description: textIn(one, 'message'),
  }));
  return [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }];
}

const delayOf = (seconds: string | null): JsonObject[] =>
  /^\d{1,6}$/.test(seconds ?? '')
    ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }]
    : [];

/** Base64 without padding, as metadata of bytes is sent. */
const written = (status: StatusName, message: string, details: readonly JsonObject[]): string =>
  encodeMessage(DETAILS, 'google.rpc.Status', { code: statusOf(status), message, details })
    .toString('base64')
    .replace(/=+$/, '');
