/** What the interpreter gives the prelude. Only text passes in and out. */
interface Host {
  readonly call: (name: string, args: string) => Promise<string>;
  readonly log: (line: string) => void;
  readonly finish: (ok: boolean, text: string) => void;
}

interface Printer {
  /** Any value in words. */
  readonly show: (value: unknown) => string;
  /** Anything thrown, as JSON text of its message and stack. */
  readonly describe: (thrown: unknown) => string;
}

type Member = (args?: unknown) => Promise<unknown>;

/*
 * The functions below are evaluated inside the interpreter, from their own text: they may use nothing of this file but
 * types, and take what they need before the model's code can replace it.
 */

function makePrinter(): Printer {
  const { stringify } = JSON;
  const OwnError = Error;
  const asText = String;
  const show = (value: unknown): string => {
    try {
      if (typeof value === 'string') return value;
      return (typeof value === 'object' ? stringify(value) : undefined) ?? asText(value);
    } catch {
      return '(cannot be shown)';
    }
  };
  const describe = (thrown: unknown): string => {
    try {
      if (!(thrown instanceof OwnError)) return stringify({ message: `thrown: ${show(thrown)}`, stack: '' });
      const name = asText(thrown.name);
      const plain = name === 'Error' || name === 'ToolError';
      const message = plain ? asText(thrown.message) : `${name}: ${asText(thrown.message)}`;
      return stringify({ message, stack: asText(thrown.stack) });
    } catch {
      return '{"message":"something was thrown that cannot be shown","stack":""}';
    }
  };
  return { show, describe };
}

function makeCall(host: Host): (name: string, args: unknown) => Promise<unknown> {
  const { parse, stringify } = JSON;
  const OwnError = Error;
  const OwnTypeError = TypeError;
  const asText = String;
  return async (name, args) => {
    // Made before anything is awaited: its stack still knows the line of the call.
    const failure = new OwnError();
    // A `toJSON` of the code's own may make nothing of an object.
    const text = args === undefined ? '{}' : (stringify(args) as string | undefined);
    if (text === undefined || (args !== undefined && (typeof args !== 'object' || args === null)))
      throw new OwnTypeError(`${name} takes one object with its arguments`);
    try {
      const value: unknown = parse(await host.call(name, text));
      return value;
    } catch (message) {
      failure.name = 'ToolError';
      failure.message = asText(message);
      throw failure;
    }
  };
}

function defineTools(call: (name: string, args: unknown) => Promise<unknown>, tableText: string): void {
  const OwnTypeError = TypeError;
  const bare = <T>(): Record<string, T> => {
    const members: Record<string, T> = {};
    Object.setPrototypeOf(members, null);
    return members;
  };
  /** What is not there says so, but for what the language itself asks for. */
  const strict = <T extends object>(members: T, missing: (key: string) => string): T =>
    new Proxy(Object.freeze(members), {
      get(target, key): unknown {
        if (typeof key !== 'symbol' && !(key in target) && key !== 'then' && key !== 'toJSON')
          throw new OwnTypeError(`${missing(key)}; find_tools finds tools`);
        return Reflect.get(target, key);
      },
    });
  const servers = bare<Record<string, Member>>();
  const tools = bare<Member>();
  const table: unknown = JSON.parse(tableText);
  const rows: readonly unknown[] = Array.isArray(table) ? table : [];
  for (const row of rows) {
    if (!Array.isArray(row)) continue;
    const [server, tool, name] = row.map(String);
    if (server === undefined || tool === undefined || name === undefined) continue;
    const member: Member = (args) => call(name, args);
    (servers[server] ??= bare())[tool] = member;
    tools[name] = member;
  }
  for (const [server, own] of Object.entries(servers))
    servers[server] = strict(own, (key) => `servers.${server} has no tool ${key}`);
  const define = (name: string, value: unknown): void =>
    void Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  define(
    'servers',
    strict(servers, (key) => `there is no server ${key} here`),
  );
  define(
    'tools',
    strict(tools, (key) => `there is no tool ${key} here`),
  );
}

function defineConsole(host: Host, { show }: Printer): void {
  const log = (...values: unknown[]): void => {
    let line = '';
    for (const value of values) line += (line === '' ? '' : ' ') + show(value);
    host.log(line);
  };
  const value = Object.freeze({ log, info: log, warn: log, error: log, debug: log });
  Object.defineProperty(globalThis, 'console', { value, writable: true, configurable: true });
}

function makeStart(host: Host, { describe }: Printer): (body: () => Promise<unknown>) => void {
  const { stringify } = JSON;
  const OwnTypeError = TypeError;
  const written = (value: unknown): string => {
    let text: string | undefined;
    try {
      text = value === undefined ? '' : stringify(value);
    } catch (cause) {
      throw new OwnTypeError(`what the code returned cannot be written as JSON: ${describe(cause)}`);
    }
    if (typeof text === 'string') return text;
    throw new OwnTypeError('what the code returned is no value of JSON');
  };
  const run = async (body: () => Promise<unknown>): Promise<void> => {
    let text: string;
    try {
      text = written(await body());
    } catch (thrown) {
      host.finish(false, describe(thrown));
      return;
    }
    host.finish(true, text);
  };
  return (body) => void run(body);
}

/**
 * Program text of a function `(host, table)` that makes `servers`, `tools` and `console` in the interpreter, and returns the
 * function by which the model's code is started.
 */
export const PRELUDE = `(host, table) => {
  const printer = (${makePrinter.toString()})();
  (${defineTools.toString()})((${makeCall.toString()})(host), table);
  (${defineConsole.toString()})(host, printer);
  return (${makeStart.toString()})(host, printer);
}`;
