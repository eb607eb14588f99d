import type { Problem } from './api.ts';

/**
 * The one catalogue of errors. `docs/errors.md` is generated from it; a test keeps both equal.
 * `message` and `fix` hold `{param}` slots, filled from the error's parameters.
 *
 * - `status`: HTTP status on the hub's surfaces.
 * - `rpc`: JSON-RPC code; client-fault codes (-32600…-32602) only where the client is at fault.
 * - `exit`: exit code of the CLI: 2 usage, 3 not found, 4 bad input, 5 environment, 6 server failed, 7 hub unreachable, 8 refused, 1 anything else.
 */
interface CatalogueEntry {
  readonly status: number;
  readonly rpc: number;
  readonly exit: number;
  readonly title: string;
  readonly message: string;
  readonly fix: string;
}

const entry = <E extends CatalogueEntry>(e: E): E => e;

export const errorCatalogue = {
  // ---- general
  INTERNAL: entry({
    status: 500,
    rpc: -32603,
    exit: 1,
    title: 'Unexpected failure',
    message: 'Something failed that should not: {detail}',
    fix: 'Run `hub doctor`; if it finds nothing, report this with the lines of `hub logs` around it.',
  }),
  USAGE: entry({
    status: 400,
    rpc: -32602,
    exit: 2,
    title: 'Command not understood',
    message: '{detail}',
    fix: 'Run `{command} --help`.',
  }),
  INPUT_INVALID: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Input does not fit',
    message: 'The input of {subject} does not fit: {detail}',
    fix: 'Correct the named fields and send it again.',
  }),

  // ---- descriptions and builds
  SOURCE_UNREADABLE: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Description cannot be read',
    message: 'Cannot read {source}: {detail}',
    fix: 'Check the path or the URL; `hub build --from` takes a file, an http(s) URL or `-` for standard input.',
  }),
  SOURCE_NOT_A_DESCRIPTION: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Not a service description',
    message: '{source} is not an OpenAPI or Swagger document: {detail}',
    fix: 'Give a document with an `openapi` or `swagger` member at its root and a `paths` object.',
  }),
  SOURCE_EMPTY: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Nothing to build',
    message: '{source} holds no operation that can become a tool: {detail}',
    fix: 'See the omissions above; widen `--include` or mend the description.',
  }),
  SOURCE_INCOMPLETE: entry({
    status: 422,
    rpc: -32602,
    exit: 4,
    title: 'Description is not complete',
    message: '{count} operations of {source} cannot become tools, and --strict was given:\n{detail}',
    fix: 'Mend the listed operations, or build without --strict to leave them out.',
  }),
  INCLUDE_UNMATCHED: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Selection matches nothing',
    message: 'No operation of {source} matches --include {selector}.{suggestion}',
    fix: 'Select by tag, path prefix, operationId or tool name; `hub build --from … --dry-run` lists them.',
  }),
  BASE_URL_MISSING: entry({
    status: 400,
    rpc: -32603,
    exit: 4,
    title: 'No address to call',
    message: '{server} has no absolute base URL: {detail}',
    fix: 'Build with --base-url https://…, or set {variable} in the environment.',
  }),
  BUILD_FAILED: entry({
    status: 500,
    rpc: -32603,
    exit: 6,
    title: 'Build failed',
    message: 'Building {server} failed at {stage}: {detail}',
    fix: 'The previous version, if any, is untouched. Mend the cause and build again.',
  }),
  EJECT_UNSUPPORTED: entry({
    status: 422,
    rpc: -32602,
    exit: 4,
    title: 'Tool cannot be turned into code',
    message: '{tool} cannot be turned into code: {detail}.',
    fix: 'Keep the compiled tool, and write another one beside it in `src/tools/`.',
  }),
  FILE_EXISTS: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'File exists already',
    message: '{file} exists already.',
    fix: 'Nothing was changed. Move the file away and try again.',
  }),
  MANIFEST_INVALID: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Manifest is not valid',
    message: '{file} is not valid:\n{detail}',
    fix: 'Correct it, or build the server again; `hub validate` checks one server.',
  }),
  SAMPLE_IMPOSSIBLE: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'No sample satisfies the schema',
    message: 'No value was found that the schema of {subject} accepts.',
    fix: 'Look for keywords in it that contradict each other, or a required member that contains itself; give the value by hand.',
  }),
  BLUEPRINT_INVALID: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Blueprint is not valid',
    message: '{file} is not valid:\n{detail}',
    fix: 'Build the server again; blueprints are not edited by hand.',
  }),

  // ---- configuration and data
  CONFIG_INVALID: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Configuration is not valid',
    message: '{file} is not valid:\n{detail}',
    fix: 'Correct the named fields; docs/configuration.md lists every one.',
  }),
  CONFIG_REFERENCE_MISSING: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Referenced variable is not set',
    message: '{subject} refers to the environment variable {variable}, which is not set.',
    fix: 'Set {variable} where the hub starts, or replace the reference.',
  }),
  DATA_UNWRITABLE: entry({
    status: 500,
    rpc: -32603,
    exit: 5,
    title: 'Data folder cannot be written',
    message: 'Cannot write to {directory}: {detail}',
    fix: 'Make the folder writable, free some space, or set `dataDir` in hub.config.json.',
  }),
  HUB_ALREADY_RUNNING: entry({
    status: 409,
    rpc: -32603,
    exit: 5,
    title: 'A hub already runs on this data',
    message: 'Another hub (process {pid}) already serves {home} at {url}.',
    fix: 'Use it, or stop it with `hub stop`.',
  }),
  HUB_NOT_RUNNING: entry({
    status: 503,
    rpc: -32603,
    exit: 7,
    title: 'No hub is running',
    message: 'No hub is running for {home}.',
    fix: 'Start one with `hub start` (or `hub start --detach`).',
  }),
  PORT_TAKEN: entry({
    status: 500,
    rpc: -32603,
    exit: 5,
    title: 'Port is taken',
    message: 'Port {port} on {host} is taken by another program.',
    fix: 'Stop that program, or choose another port: `hub start --port 0` takes a free one.',
  }),

  CONFIG_CONFLICT: entry({
    status: 409,
    rpc: -32603,
    exit: 8,
    title: 'Configuration changed meanwhile',
    message: '{file} was changed by somebody else while it was being edited here.',
    fix: 'Nothing was written. Look at the file, then make the change again.',
  }),

  // ---- servers and their processes
  DEPENDENCY_CIRCLE: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Servers need each other',
    message: 'Servers depend on each other in a circle: {circle}.',
    fix: 'Remove one of these from a `dependsOn`.',
  }),
  SERVER_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such server',
    message: 'There is no server named {server}.{suggestion}',
    fix: '`hub list` shows them all.',
  }),
  SERVER_EXISTS: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Name is taken',
    message: 'There already is a server named {server}.',
    fix: 'Choose another name with --name, or replace it with --replace.',
  }),
  SERVER_DISABLED: entry({
    status: 409,
    rpc: -32603,
    exit: 8,
    title: 'Server is disabled',
    message: '{server} is disabled.',
    fix: 'Enable it with `hub enable {server}`.',
  }),
  SERVER_QUARANTINED: entry({
    status: 503,
    rpc: -32603,
    exit: 6,
    title: 'Server is quarantined',
    message: '{server} failed {failures} times in a row and is not started any more; the last time: {detail}',
    fix: 'Look at `hub logs {server}`, mend the cause, then `hub enable {server}` starts it anew.',
  }),
  SERVER_START_FAILED: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'Server did not start',
    message: '{server} did not start: {detail}',
    fix: '`hub logs {server}` shows what it printed; `hub doctor` checks the usual causes.',
  }),
  SERVER_START_TIMEOUT: entry({
    status: 504,
    rpc: -32603,
    exit: 6,
    title: 'Server did not answer the handshake',
    message: '{server} did not finish its handshake in {timeoutMs} ms: {detail}',
    fix: 'Check that it is an MCP server that speaks over stdio, or raise startTimeoutMs.',
  }),
  SERVER_MISMATCH: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'Server is not what its manifest says',
    message: '{server} lists other tools than its manifest: {detail}',
    fix: 'Build it again, so that manifest and program agree.',
  }),
  UPSTREAM_LOST: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'Server died during the call',
    message: '{server} ended while the call was running: {detail}',
    fix: 'The call was not repeated, because it may have had effects. Check, then call again; the server restarts by itself.',
  }),
  UPSTREAM_UNREACHABLE: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'Remote server cannot be reached',
    message: 'Cannot reach {server} at {url}: {detail}',
    fix: 'Check the address and the network; `hub doctor` tries it.',
  }),
  UPSTREAM_PROTOCOL: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'Server breaks the protocol',
    message: '{server} sent something that is not MCP: {detail}',
    fix: 'Check the program; standard output belongs to the protocol, logs go to standard error.',
  }),
  CALL_TIMEOUT: entry({
    status: 504,
    rpc: -32603,
    exit: 6,
    title: 'Call took too long',
    message: '{server} did not answer {method} in {timeoutMs} ms.',
    fix: 'The call was cancelled. Ask for less, or raise callTimeoutMs for this server.',
  }),
  CALL_REFUSED: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'Server refused the call',
    message: '{server} answered {method} with an error: {detail}',
    fix: 'Compare the arguments with `hub inspect {tool}`.',
  }),
  CALL_BUSY: entry({
    status: 503,
    rpc: -32603,
    exit: 6,
    title: 'Server is busy',
    message: '{server} already has {limit} calls waiting.',
    fix: 'Wait and call again.',
  }),
  TOOL_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such tool',
    message: 'Unknown tool: {tool}{suggestion}',
    fix: '`hub list --tools` shows them all.',
  }),
  NAME_COLLISION: entry({
    status: 409,
    rpc: -32603,
    exit: 4,
    title: 'Two things have one name',
    message: '{first} and {second} both offer {name}.',
    fix: 'Give one of them another `prefix` in hub.config.json.',
  }),

  // ---- surfaces
  AUTH_REQUIRED: entry({
    status: 401,
    rpc: -32600,
    exit: 8,
    title: 'Token needed',
    message: '{subject} needs the hub’s token.',
    fix: 'Send `Authorization: Bearer <token>`; the token is in the data folder and printed by `hub status --token`.',
  }),
  HOST_FORBIDDEN: entry({
    status: 403,
    rpc: -32600,
    exit: 8,
    title: 'Host or origin refused',
    message: 'The request’s {header} header, {value}, is not one this hub serves.',
    fix: 'Use http://127.0.0.1:{port}, or add it to `listen.allowedHosts` or `listen.allowedOrigins`.',
  }),
  ROUTE_UNKNOWN: entry({
    status: 404,
    rpc: -32601,
    exit: 3,
    title: 'No such page',
    message: 'There is nothing at {path}.',
    fix: 'The MCP endpoint is /mcp; GET /api lists the rest.',
  }),

  // ---- command line and client configurations
  CLIENT_CONFIG_INVALID: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Client configuration cannot be read',
    message: '{file} is not valid JSON: {detail}',
    fix: 'Nothing was changed. Mend the file in its own program, then try again.',
  }),
  CLIENT_NOT_FOUND: entry({
    status: 404,
    rpc: -32603,
    exit: 3,
    title: 'Client is not installed',
    message: 'Found no configuration of {client} at {file}.',
    fix: 'Start {client} once, or give its file with --file.',
  }),
  CLIENT_SERVER_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such server in that configuration',
    message: '{file} has no server named {server}.{suggestion}',
    fix: '`hub import --dry-run` shows what can be imported.',
  }),
  UNDO_NOTHING: entry({
    status: 404,
    rpc: -32603,
    exit: 3,
    title: 'Nothing to undo',
    message: 'No change is recorded in {directory}{detail}.',
    fix: '`hub undo --list` shows the changes that can be undone.',
  }),
  UNDO_CONFLICT: entry({
    status: 409,
    rpc: -32603,
    exit: 8,
    title: 'Changed since',
    message: '{file} was changed after the change that would be undone.',
    fix: 'Look at the file, then undo with --force; the present state is kept as a backup too.',
  }),
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
}

/** Makes an error of the catalogue; throw what it returns. */
export function hubError(
  code: ErrorCode,
  params: ErrorParams = {},
  options?: ErrorOptions,
): CounterpartError {
  return new CounterpartError(code, params, options);
}

/** Any thrown value as an error of the catalogue; what is not one becomes INTERNAL with its message. */
export function toCounterpartError(thrown: unknown): CounterpartError {
  if (thrown instanceof CounterpartError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
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
