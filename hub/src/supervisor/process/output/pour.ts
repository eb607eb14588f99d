import type { OutputTaker } from '../../../kernel/ports.ts';

/** Puts bytes that were read elsewhere where they belong. */
export function pour(bytes: Uint8Array, taker: OutputTaker): void {
  for (let at = 0; at < bytes.length;) {
    const room = taker.room();
    const part = bytes.subarray(at, at + room.length);
    room.set(part);
    at += part.length;
    taker.took(part.length);
  }
}
