/** Below this a buffer may share its memory with others, and is not worth the call. */
const LARGE_BYTES = 8 * 1024;
/** The end of a line is nobody's: a buffer with all but that is a whole one. */
const LINE_END_BYTES = 2;

/** Memory is lent in these sizes. */
const LENT_BYTES = [256 * 1024, 1280 * 1024, 5 * 1024 * 1024];
/** Of all that waits to be lent again. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;
/** So often all of it goes back to the system. */
const KEPT_MS = 5_000;

const lent = new WeakSet<ArrayBufferLike>();
let kept: ArrayBuffer[] = [];
let keptBytes = 0;
let forgetting: NodeJS.Timeout | undefined;

/** Memory for at least so many bytes of one line; longer than the longest size: just so many. Its content is anything. */
export function lend(bytes: number): Buffer {
  const size = LENT_BYTES.find((size) => size >= bytes) ?? bytes;
  const at = kept.findIndex(({ byteLength }) => byteLength === size);
  const [memory = Buffer.allocUnsafeSlow(size).buffer] = at < 0 ? [] : kept.splice(at, 1);
  if (at >= 0) keptBytes -= size;
  lent.add(memory);
  return Buffer.from(memory);
}

/**
 * Gives back the memory of buffers that nobody reads any more: they are empty afterwards. V8 counts what buffers hold and walks
 * its whole heap each time some megabytes of them came together, which costs more than all else that is done with such bytes.
 * What was lent is lent again. A buffer that is a part of another one is left alone, as are all where the runtime cannot do it
 * (before Node 21).
 */
export function giveBack(spent: readonly Buffer[]): void {
  for (const { buffer, byteOffset, byteLength } of spent) {
    const isWhole = byteOffset === 0 && buffer.byteLength - byteLength <= LINE_END_BYTES;
    if (lent.delete(buffer)) keep(buffer);
    else if (byteLength >= LARGE_BYTES && isWhole) moved(buffer, 0);
  }
}

/** Whoever still has the old buffer finds it empty, and never what the memory is used for next. */
function keep(buffer: ArrayBufferLike): void {
  const size = buffer.byteLength;
  const mayKeep = LENT_BYTES.includes(size) && keptBytes + size <= MOST_KEPT_BYTES;
  const memory = moved(buffer, mayKeep ? size : 0);
  if (!mayKeep || memory === undefined) return;
  // One for all: what is lent and given back all the time would be forgotten all the time.
  forgetting ??= setTimeout(forget, KEPT_MS).unref();
  kept.push(memory);
  keptBytes += size;
}

function forget(): void {
  forgetting = undefined;
  kept = [];
  keptBytes = 0;
}

function moved(buffer: ArrayBufferLike, size: number): ArrayBuffer | undefined {
  const transfer: unknown = Reflect.get(buffer, 'transfer');
  return typeof transfer === 'function'
    ? (Reflect.apply(transfer, buffer, [size]) as ArrayBuffer)
    : undefined;
}
