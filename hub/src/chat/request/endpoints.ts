import { type CounterpartError, hubError } from '@counterpart/schemas';

/** What is at `/v1`, and how it is asked; `*` stands for one name, `**` for any with slashes in it. */
const ENDPOINTS: readonly (readonly [path: string, methods: readonly string[]])[] = [
  ['models', ['GET']],
  ['models/**', ['GET']],
  ['chat/completions', ['POST']],
  ['chat/completions/*', ['GET']],
  ['responses', ['POST']],
  ['responses/*', ['GET', 'DELETE']],
  ['responses/*/cancel', ['POST']],
  ['responses/*/input_items', ['GET']],
  ['conversations', ['POST']],
  ['conversations/*', ['GET', 'POST', 'DELETE']],
  ['conversations/*/items', ['GET', 'POST']],
  ['conversations/*/items/*', ['GET']],
  ['completions', ['POST']],
  ['embeddings', ['POST']],
];
const KNOWN = ENDPOINTS.map(([path, methods]) => ({ expression: expressionOf(path), methods }));

function expressionOf(path: string): RegExp {
  const parts = path.split('/').map((part) => (part === '**' ? '.+' : part.replace('*', '[^/]+')));
  return new RegExp(`^${parts.join('/')}$`);
}

/** The names of a path below `/v1`: a base URL that ends in a slash makes two of one, and some programs end with one. */
export const namesIn = (pathname: string): string[] =>
  pathname
    .split('/')
    .filter((part) => part !== '')
    .slice(1);

/** How a path is asked; empty: nothing is there. */
export function methodsAt(pathname: string): readonly string[] {
  const path = namesIn(pathname).join('/');
  const methods = KNOWN.find(({ expression }) => expression.test(path))?.methods ?? [];
  return methods.includes('GET') ? [...methods, 'HEAD', 'OPTIONS'] : methods;
}

/** Why a request finds nothing: no such endpoint, or it is asked in another way. */
export function noEndpoint(method: string, pathname: string): CounterpartError {
  const path = pathname.slice(0, 200);
  const methods = methodsAt(pathname).filter((one) => one !== 'HEAD' && one !== 'OPTIONS');
  return methods.length === 0
    ? hubError('ENDPOINT_UNKNOWN', { path: `${method} ${path}` })
    : hubError('METHOD_UNFIT', { path, method, methods: methods.join(', ') });
}
