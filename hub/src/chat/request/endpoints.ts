import { type CounterpartError, hubError } from '@counterpart/schemas';

export type Method = 'GET' | 'POST' | 'DELETE';

/** What answers at a path below `/v1`, by method; `*` stands for one name, `**` for any with slashes in it. */
export type EndpointTable<Handler> = Readonly<Record<string, Readonly<Partial<Record<Method, Handler>>>>>;

/** A path at which something is. */
export interface Endpoint<Handler> {
  /** As `Allow` tells them. */
  readonly methods: readonly string[];
  /** What answers: HEAD is answered as GET, of which node:http leaves out the body. */
  readonly handlerOf: (method: string) => Handler | undefined;
  /** What stands in the path for each `*`. */
  readonly names: readonly string[];
}

/** Finds endpoints by their path; undefined: nothing is there. */
export function endpointsOf<Handler>(
  table: EndpointTable<Handler>,
): (pathname: string) => Endpoint<Handler> | undefined {
  const known = Object.entries(table).map(([path, handlers]) => {
    const byMethod = new Map(Object.entries(handlers));
    return {
      expression: expressionOf(path),
      methods: methodsOf([...byMethod.keys()]),
      handlerOf: (method: string) => byMethod.get(method === 'HEAD' ? 'GET' : method),
    };
  });
  return (pathname) => {
    const path = pathIn(pathname);
    for (const { expression, methods, handlerOf } of known) {
      const found = expression.exec(path);
      if (found !== null) return { methods, handlerOf, names: found.slice(1).map(decoded) };
    }
    return undefined;
  };
}

function expressionOf(path: string): RegExp {
  const parts = path.split('/').map((part) => (part === '**' ? '(.+)' : part.replace('*', '([^/]+)')));
  return new RegExp(`^${parts.join('/')}$`);
}

const methodsOf = (methods: readonly string[]): readonly string[] =>
  methods.includes('GET') ? [...methods, 'HEAD', 'OPTIONS'] : methods;

/** A path below `/v1`: a base URL that ends in a slash makes two of one, and some programs end with one. */
const pathIn = (pathname: string): string =>
  pathname
    .split('/')
    .filter((part) => part !== '')
    .slice(1)
    .join('/');

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Why a request finds nothing: no such endpoint, or it is asked in another way. */
export function noEndpoint(
  method: string,
  pathname: string,
  methods: readonly string[] = [],
): CounterpartError {
  const path = pathname.slice(0, 200);
  const asked = methods.filter((one) => one !== 'HEAD' && one !== 'OPTIONS');
  return asked.length === 0
    ? hubError('ENDPOINT_UNKNOWN', { path: `${method} ${path}` })
    : hubError('METHOD_UNFIT', { path, method, methods: asked.join(', ') });
}
