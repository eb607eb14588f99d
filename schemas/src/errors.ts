import type { Problem } from './hub/api.ts';
import { brokerErrors } from './catalogue/broker-errors.ts';
import { buildErrors } from './catalogue/build-errors.ts';
import { chatErrors } from './catalogue/chat-errors.ts';
import { loopErrors } from './catalogue/loop-errors.ts';
import { commandErrors } from './catalogue/command-errors.ts';
import { endpointErrors } from './catalogue/endpoint-errors.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { driftErrors } from './catalogue/drift-errors.ts';
import { flowErrors } from './catalogue/flow-errors.ts';
import { hookErrors } from './catalogue/hook-errors.ts';
import { hubErrors } from './catalogue/hub-errors.ts';
import { mirrorErrors } from './catalogue/mirror-errors.ts';
import { routeErrors } from './catalogue/route-errors.ts';
import { peopleErrors } from './catalogue/people-errors.ts';
import { modelErrors } from './catalogue/model-errors.ts';
import { secretErrors } from './catalogue/secret-errors.ts';
import { serverErrors } from './catalogue/server-errors.ts';
import { versionErrors } from './catalogue/version-errors.ts';

/** The one catalogue of errors. `docs/errors.md` is generated from it; a test keeps both equal. */
export const errorCatalogue = {
  ...commandErrors,
  ...buildErrors,
  ...hubErrors,
  ...serverErrors,
  ...mirrorErrors,
  ...secretErrors,
  ...versionErrors,
  ...brokerErrors,
  ...chatErrors,
  ...endpointErrors,
  ...loopErrors,
  ...routeErrors,
  ...hookErrors,
  ...modelErrors,
  ...driftErrors,
  ...flowErrors,
  ...peopleErrors,
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorParams = Readonly<Record<string, string | number>>;

const fill = (template: string, params: ErrorParams): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));

/** An error of the catalogue. `message` is ready for a person; `params` hold no secrets. */
export class CounterpartError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    super(fill(errorCatalogue[code].message, params), options);
    this.name = 'CounterpartError';
    this.code = code;
    this.params = params;
  }

  get fix(): string {
    return fill(errorCatalogue[this.code].fix, this.params);
  }

  /** What went wrong and what to do about it, as sentences that follow each other; a detail of somebody else's may end with no period. */
  get words(): string {
    const said = this.message.trimEnd();
    return `${said}${/[.!?:…]$/.test(said) ? '' : '.'} ${this.fix}`;
  }
}

/** Makes an error of the catalogue; throw what it returns. */
export function hubError(
  code: ErrorCode,
  params: ErrorParams = {},
  options?: ErrorOptions,
): CounterpartError {
  return new CounterpartError(code, params, options);
}

/** Node's names for a disk that takes no more, in words. */
const NOTHING_WRITTEN = new Map<unknown, string>([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the disk can only be read'],
]);

/** Of a copy the copy; a write to an open file does not say which it is. */
function writtenTo(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('dest' in thrown) return String(thrown.dest);
  return 'path' in thrown ? String(thrown.path) : undefined;
}

/** Any thrown value as an error of the catalogue; what is not one becomes INTERNAL with its message. */
export function toCounterpartError(thrown: unknown): CounterpartError {
  if (thrown instanceof CounterpartError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const full = thrown instanceof Error && 'code' in thrown ? NOTHING_WRITTEN.get(thrown.code) : undefined;
  if (full !== undefined) {
    const directory = writtenTo(thrown) ?? 'the disk';
    return new CounterpartError('DATA_UNWRITABLE', { directory, detail: full }, { cause: thrown });
  }
  return new CounterpartError('INTERNAL', { detail }, { cause: thrown });
}

/** The HTTP body of an error (RFC 9457 in spirit; `code` is the stable handle). */
export function toProblem(error: CounterpartError): Problem {
  const { status, title } = errorCatalogue[error.code];
  const docs = `docs/errors.md#${error.code.toLowerCase()}`;
  return {
    code: error.code,
    title,
    status,
    detail: error.message,
    fix: error.fix,
    docs,
    params: { ...error.params },
  };
}

/** The JSON-RPC `error` member of an error. */
export function toRpcError(error: CounterpartError): {
  code: number;
  message: string;
  data: Record<string, unknown>;
} {
  const { rpc } = errorCatalogue[error.code];
  return {
    code: rpc,
    message: error.message,
    data: { code: error.code, fix: error.fix, docs: `docs/errors.md#${error.code.toLowerCase()}` },
  };
}
