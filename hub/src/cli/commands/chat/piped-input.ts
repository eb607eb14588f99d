import type { Readable } from 'node:stream';

/** With a question at hand, a pipe that says nothing for so long is not waited for. */
const PATIENCE_MS = 3_000;
/** More than any model reads. */
const MOST_CHARACTERS = 4_000_000;

/** What was piped in. */
export interface Piped {
  readonly text: string;
  /** False: it was still open when nobody waited any longer. */
  readonly isWhole: boolean;
}

/**
 * Reads what is piped in. To its end when `waits`; otherwise as long as something comes, for a program started with an open
 * pipe as its input would wait for ever. Rejects with the signal's reason.
 */
export async function readPiped(
  input: Readable,
  { waits, signal }: { readonly waits: boolean; readonly signal: AbortSignal },
): Promise<Piped> {
  const decoder = new TextDecoder();
  const done = Promise.withResolvers<boolean>();
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const rest = (): void => {
    clearTimeout(timer);
    if (!waits) timer = setTimeout(() => done.resolve(false), PATIENCE_MS);
  };
  const onData = (chunk: Buffer | string): void => {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > MOST_CHARACTERS) done.resolve(false);
    rest();
  };
  const onEnd = (): void => done.resolve(true);
  const onAbort = (): void => done.reject(signal.reason);
  input.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', done.reject);
  signal.addEventListener('abort', onAbort);
  rest();
  try {
    signal.throwIfAborted();
    if (input.readableEnded || input.destroyed) onEnd();
    return { isWhole: await done.promise, text: text.slice(0, MOST_CHARACTERS).trim() };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    input.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', done.reject);
    input.pause();
  }
}
