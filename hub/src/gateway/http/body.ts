import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'aborted' };

/** Reads a request's body up to a bound; `done` is called once. Slow bodies end by the HTTP server's request timeout. */
export function readBody(req: IncomingMessage, maxBytes: number, done: (body: Body) => void): void {
  if (Number(req.headers['content-length']) > maxBytes) {
    req.resume();
    done({ kind: 'too-large' });
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  let open = true;
  const finish = (body: Body): void => {
    if (!open) return;
    open = false;
    done(body);
  };
  req.on('data', (part: Buffer) => {
    size += part.length;
    if (size > maxBytes) finish({ kind: 'too-large' });
    else parts.push(part);
  });
  req.on('end', () => {
    const [only] = parts;
    finish({
      kind: 'text',
      text: parts.length === 1 && only ? only.toString() : Buffer.concat(parts).toString(),
    });
  });
  // A request that is cut off says so by an error; nobody is left to answer.
  req.on('error', () => finish({ kind: 'aborted' }));
}
