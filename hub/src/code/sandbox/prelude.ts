/** What the interpreter gives the prelude. Only text passes in and out. */
export interface PreludeHost {
  readonly call: (name: string, args: string) => Promise<string>;
  readonly log: (line: string) => void;
  readonly finish: (ok: boolean, text: string) => void;
}

type Body = () => Promise<unknown>;
type Member = (args?: unknown) => Promise<unknown>;

/**
 * Makes `servers`, `tools` and `console` inside the interpreter and returns what starts the model's code. Its own text is
 * evaluated there: it may use nothing from around it, and takes what it needs before the model's code can replace it.
 */
export function prelude(host: PreludeHost, tableText: string): (body: Body) => void {
  const { parse, stringify } = JSON;
  const { create, defineProperty, freeze } = Object;
  const OwnError = Error;
  const OwnTypeError = TypeError;
  const OwnProxy = Proxy;
  const asText = String;

  const show = (value: unknown): string => {
    try {
      if (typeof value === 'string') return value;
      return (typeof value === 'object' ? stringify(value) : undefined) ?? asText(value);
    } catch {
      return '(cannot be shown)';
    }
  };

  const call = async (name: string, args: unknown): Promise<unknown> => {
    // Made before anything is awaited: its stack still knows the line of the call.
    const failure = new OwnError();
    if (args !== undefined && (typeof args !== 'object' || args === null))
      throw new OwnTypeError(`${name} takes one object with its arguments`);
    const text = args === undefined ? '{}' : stringify(args);
    try {
      return parse(await host.call(name, text));
    } catch (message) {
      failure.name = 'ToolError';
      failure.message = asText(message);
      throw failure;
    }
  };

  /** An object whose members that are not there say so, but for those that the language itself asks for. */
  const strict = <T extends object>(members: T, missing: (key: string) => string): T =>
    new OwnProxy(freeze(members), {
      get(target, key) {
        if (typeof key === 'symbol' || key in target || key === 'then' || key === 'toJSON')
          return Reflect.get(target, key);
        throw new OwnTypeError(missing(key));
      },
    });

  const servers: Record<string, Record<string, Member>> = create(null);
  const tools: Record<string, Member> = create(null);
  const table: [string, string, string][] = parse(tableText);
  for (const [server, tool, name] of table) {
    const member: Member = (args) => call(name, args);
    (servers[server] ??= create(null))[tool] = member;
    tools[name] = member;
  }
  for (const server in servers) {
    const own = servers[server];
    if (own)
      servers[server] = strict(own, (key) => `servers.${server} has no tool ${key}; find_tools finds tools`);
  }
  const log = (...values: unknown[]): void => {
    let line = '';
    for (const value of values) line += (line === '' ? '' : ' ') + show(value);
    host.log(line);
  };
  const globals: [string, unknown][] = [
    ['servers', strict(servers, (key) => `there is no server ${key} here; find_tools finds tools`)],
    ['tools', strict(tools, (key) => `there is no tool ${key} here; find_tools finds tools`)],
    ['console', freeze({ log, info: log, warn: log, error: log, debug: log })],
  ];
  for (const [name, value] of globals)
    defineProperty(globalThis, name, { value, writable: true, configurable: true });

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

  const written = (value: unknown): string => {
    try {
      const text = value === undefined ? '' : stringify(value);
      if (typeof text === 'string') return text;
    } catch (cause) {
      throw new OwnTypeError(`what the code returned cannot be written as JSON: ${describe(cause)}`);
    }
    throw new OwnTypeError('what the code returned is no value of JSON');
  };

  return (body) => {
    const run = async (): Promise<void> => {
      let text: string;
      try {
        text = written(await body());
      } catch (thrown) {
        host.finish(false, describe(thrown));
        return;
      }
      host.finish(true, text);
    };
    void run();
  };
}
