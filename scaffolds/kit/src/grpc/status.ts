/** Codes of a call's status (gRPC, status codes), by number. */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;
export type StatusName = (typeof STATUS_NAMES)[number];

/** Name of a status; numbers of nobody are UNKNOWN. */
export const statusName = (status: number): StatusName => STATUS_NAMES[status] ?? 'UNKNOWN';

/** Number of a status. */
export const statusOf = (name: StatusName): number => STATUS_NAMES.indexOf(name);

/** What to do about a status. */
const ADVICE: Readonly<Record<StatusName, string>> = {
  OK: 'Nothing is wrong.',
  CANCELLED: 'The call was ended before it was answered; call again if its answer is still wanted.',
  UNKNOWN: 'The service did not say what kind of failure it is; go by its words.',
  INVALID_ARGUMENT: 'Correct the arguments that the service names, then call again.',
  DEADLINE_EXCEEDED: 'Ask for less, then call again.',
  NOT_FOUND: 'Check the identifiers: what they name does not exist, or is not visible to these credentials.',
  ALREADY_EXISTS: 'Read what is there, then decide.',
  PERMISSION_DENIED:
    'The credentials are known but may not do this; use an account with the right, or ask for less.',
  RESOURCE_EXHAUSTED: 'Wait, then call again, or ask for less.',
  FAILED_PRECONDITION:
    'The state of the service does not allow this now: read that state and change it first; repeating alone does not help.',
  ABORTED: 'Somebody else changed the same thing: read it again, then repeat the whole change.',
  OUT_OF_RANGE: 'Ask for a part that exists: what was asked for lies past the end.',
  UNIMPLEMENTED: 'The service has no such method: build the server again from its present description.',
  INTERNAL: 'The service failed by its own fault; call again later.',
  UNAVAILABLE: 'The service is not there just now; call again later.',
  DATA_LOSS: 'The service has lost data, and repeating does not help; tell those who run it.',
  UNAUTHENTICATED: 'Set credentials that are current and meant for this service.',
};

/** What to do about a status, as one sentence. */
export const adviceFor = (status: number): string => ADVICE[statusName(status)];

const BY_HTTP: Readonly<Record<number, StatusName>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

/** Status of a call that somebody on the way answered, and not the service (gRPC, HTTP to gRPC Status Code Mapping). */
export const statusOfHttp = (httpStatus: number): number => statusOf(BY_HTTP[httpStatus] ?? 'UNKNOWN');
