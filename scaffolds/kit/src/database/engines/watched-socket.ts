import type { Socket } from 'node:net';

const LOOKS_EVERY_MS = 25;

const tooLarge = (mostBytes: number): Error =>
  Object.assign(new Error(`more than ${Math.floor(mostBytes / 1_048_576)} MB`), {
    code: 'DATABASE_TOO_LARGE',
  });

/**
 * Runs `work`, and ends the connection when more than `mostBytes` come in meanwhile: drivers hold a whole row in memory
 * before they give it. Rejects with an error of code DATABASE_TOO_LARGE then.
 */
export async function watched<T>(socket: Socket, mostBytes: number, work: () => Promise<T>): Promise<T> {
  const before = socket.bytesRead;
  let isCut = false;
  const timer = setInterval(() => {
    if (socket.bytesRead - before <= mostBytes) return;
    isCut = true;
    socket.destroy();
  }, LOOKS_EVERY_MS);
  try {
    return await work();
  } catch (error) {
    throw isCut ? tooLarge(mostBytes) : error;
  } finally {
    clearInterval(timer);
  }
}

/** Rejects after a while with an error of code DATABASE_TIMEOUT, whatever the other side does. */
export async function within<T>(timeoutMs: number, work: Promise<T>, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(Object.assign(new Error('no answer in time'), { code: 'DATABASE_TIMEOUT' }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
