import type { DropConnection } from '../faults/broken-body.ts';

export interface CaptureLimits {
  /** So much is passed on. */
  readonly maxBytes: number;
  /** So much is kept. */
  readonly keepBytes: number;
}

/** What was kept of a body that was passed on whole. */
export interface Captured {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
}

/**
 * Passes a body on as it comes and keeps its beginning. `done` runs before the end is passed on, and not at all when the
 * body breaks off, the reader leaves, or it is longer than what may pass: then the connection is dropped.
 */
export function passOn(
  body: ReadableStream<Uint8Array>,
  limits: CaptureLimits,
  { drop, done }: { readonly drop: DropConnection; readonly done: (captured: Captured) => Promise<void> },
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const kept: Uint8Array[] = [];
  let [total, keptBytes] = [0, 0];
  const broken = (): Promise<void> => {
    drop('reset');
    // Never closed: a proper end would tell the caller that it has everything.
    return new Promise(() => undefined);
  };
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await reader.read().catch(() => undefined);
        if (!next) return broken();
        if (next.done) {
          await done({ bytes: Buffer.concat(kept), isCut: keptBytes < total });
          controller.close();
          return undefined;
        }
        total += next.value.byteLength;
        if (total > limits.maxBytes) {
          void reader.cancel().catch(() => undefined);
          return broken();
        }
        if (keptBytes < limits.keepBytes) {
          const part = next.value.subarray(0, limits.keepBytes - keptBytes);
          kept.push(part);
          keptBytes += part.byteLength;
        }
        controller.enqueue(next.value);
        return undefined;
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Reads a body up to a limit; undefined when it is longer or breaks off. */
export async function readWhole(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const part of body ?? []) {
      total += part.byteLength;
      if (total > maxBytes) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}
