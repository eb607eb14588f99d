/** Below this a buffer may share its memory with others, and is not worth the call. */
const LARGE_BYTES = 8 * 1024;
/** The end of a line is nobody's: a buffer with all but that is a whole one. */
const LINE_END_BYTES = 2;

/**
 * Gives back the memory of buffers that nobody reads any more: they are empty afterwards. V8 counts what buffers hold and walks
 * its whole heap each time some megabytes of them came together, which costs more than all else that is done with such bytes.
 * A buffer that is a part of another one is left alone, as are all where the runtime cannot do it (before Node 21).
 */
export function giveBack(spent: readonly Buffer[]): void {
  for (const { buffer, byteOffset, byteLength } of spent) {
    const isWhole = byteOffset === 0 && buffer.byteLength - byteLength <= LINE_END_BYTES;
    if (byteLength < LARGE_BYTES || !isWhole) continue;
    const transfer: unknown = Reflect.get(buffer, 'transfer');
    if (typeof transfer === 'function') Reflect.apply(transfer, buffer, [0]);
  }
}
