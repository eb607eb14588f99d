import type { Fault } from '@counterpart/schemas';

/** Ends a connection under a response: `reset` at once, `end` after what was written. */
export type DropConnection = (how: 'reset' | 'end') => void;

type BodyFault = Fault & { kind: 'truncate' | 'malformed' | 'drip' };

/** Whether a fault spoils the body of an answer that is otherwise as it would be. */
export const isBodyFault = (fault: Fault): fault is BodyFault =>
  fault.kind === 'truncate' || fault.kind === 'malformed' || fault.kind === 'drip';

/** The response with its body broken off, garbled or trickling. Bodies are read whole first. */
export async function breakBody(
  response: Response,
  fault: BodyFault,
  drop: DropConnection,
): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  const remade = (body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null): Response =>
    new Response(body, { status: response.status, headers });
  if ([204, 205, 304].includes(response.status)) return remade(null);
  switch (fault.kind) {
    case 'malformed':
      headers.delete('content-length');
      return remade(garbled(bytes));
    case 'truncate':
      headers.set('content-length', String(Math.max(1, bytes.length)));
      return remade(brokenOff(bytes.subarray(0, Math.floor(bytes.length * fault.share)), drop));
    case 'drip':
      headers.set('content-length', String(bytes.length));
      return remade(trickling(bytes, fault.bytesPerSecond));
  }
}

/** Whole as a message, and no value of any format: brackets that do not close and bytes that are no UTF-8. */
function garbled(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = bytes.subarray(0, Math.ceil(bytes.length / 2));
  return Uint8Array.from([...kept, 0x7b, 0x22, 0xff, 0xfe, 0x3c]);
}

function brokenOff(bytes: Uint8Array, drop: DropConnection): ReadableStream<Uint8Array> {
  let isSent = bytes.length === 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (!isSent) {
          isSent = true;
          controller.enqueue(Uint8Array.from(bytes));
          return undefined;
        }
        drop('end');
        // Never closed: a proper end would tell the client that it has everything.
        return new Promise<void>(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

const DRIPS_PER_SECOND = 4;

function trickling(bytes: Uint8Array, bytesPerSecond: number): ReadableStream<Uint8Array> {
  const step = Math.max(1, Math.floor(bytesPerSecond / DRIPS_PER_SECOND));
  const pauseMs = (step / bytesPerSecond) * 1_000;
  let at = 0;
  let timer: NodeJS.Timeout | undefined;
  return new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.length) {
          controller.close();
          return undefined;
        }
        return new Promise<void>((resolve) => {
          timer = setTimeout(() => {
            controller.enqueue(Uint8Array.from(bytes.subarray(at, at + step)));
            at += step;
            resolve();
          }, pauseMs);
        });
      },
      cancel: () => clearTimeout(timer),
    },
    { highWaterMark: 0 },
  );
}
