import type { ServerResponse } from 'node:http';

/** Calls `left` when the client leaves before it has its answer, until the returned function is called. */
export function whenGone(res: ServerResponse, left: () => void): () => void {
  const closed = (): void => {
    if (!res.writableFinished) left();
  };
  res.once('close', closed);
  return () => void res.off('close', closed);
}
