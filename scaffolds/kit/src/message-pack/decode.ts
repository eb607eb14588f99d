import type { Json } from '@counterpart/schemas';
import { wholeNumber } from '../json-value.ts';

/** Lists and maps inside one another. */
const DEEPEST = 200;
/** The extension type of timestamps (MessagePack specification, "Timestamp extension type"). */
const TIMESTAMP = -1;

/** Bytes that are no MessagePack, and why. */
export class MessagePackProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MessagePackProblem';
  }
}

/** Reads one value after the other. What is counted is never more than the bytes that are there. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Buffer {
    if (count > this.rest) throw new MessagePackProblem(`it ends early, at byte ${this.#bytes.length}`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** An unsigned number of 1, 2 or 4 bytes. */
  count(bytes: number): number {
    return this.take(bytes).readUIntBE(0, bytes);
  }

  text(bytes: number): string {
    return this.take(bytes).toString('utf8');
  }

  list(items: number, depth: number): Json[] {
    if (items > this.rest) throw new MessagePackProblem(`it ends early, at byte ${this.#bytes.length}`);
    return Array.from({ length: items }, () => this.value(depth + 1));
  }

  map(pairs: number, depth: number): Json {
    if (pairs * 2 > this.rest) throw new MessagePackProblem(`it ends early, at byte ${this.#bytes.length}`);
    const entries = Array.from({ length: pairs }, (): [string, Json] => {
      const key = this.value(depth + 1);
      return [typeof key === 'string' ? key : JSON.stringify(key), this.value(depth + 1)];
    });
    return Object.fromEntries(entries);
  }

  value(depth: number): Json {
    if (depth > DEEPEST) throw new MessagePackProblem(`it is nested deeper than ${DEEPEST}`);
    const form = this.count(1);
    if (form < 0x80) return form;
    if (form >= 0xe0) return form - 0x100;
    if (form < 0x90) return this.map(form & 0x0f, depth);
    if (form < 0xa0) return this.list(form & 0x0f, depth);
    if (form < 0xc0) return this.text(form & 0x1f);
    return this.#formed(form, depth);
  }

  /** A value whose first byte only says what follows (MessagePack specification, "Formats"). */
  #formed(form: number, depth: number): Json {
    if (form === 0xc0) return null;
    if (form === 0xc2 || form === 0xc3) return form === 0xc3;
    if (form >= 0xc4 && form <= 0xc6) return this.take(this.count(1 << (form - 0xc4))).toString('base64');
    if (form >= 0xc7 && form <= 0xc9) return this.#extension(this.count(1 << (form - 0xc7)));
    if (form >= 0xca && form <= 0xd3) return this.#number(form);
    return this.#late(form, depth);
  }

  /** The forms after those of numbers. */
  #late(form: number, depth: number): Json {
    if (form >= 0xd4 && form <= 0xd8) return this.#extension(1 << (form - 0xd4));
    if (form >= 0xd9 && form <= 0xdb) return this.text(this.count(1 << (form - 0xd9)));
    if (form === 0xdc || form === 0xdd) return this.list(this.count(form === 0xdc ? 2 : 4), depth);
    if (form === 0xde || form === 0xdf) return this.map(this.count(form === 0xde ? 2 : 4), depth);
    throw new MessagePackProblem(`byte ${this.#at - 1} begins nothing`);
  }

  #number(form: number): Json {
    if (form === 0xca) return finite(this.take(4).readFloatBE());
    if (form === 0xcb) return finite(this.take(8).readDoubleBE());
    const bytes = 1 << (form < 0xd0 ? form - 0xcc : form - 0xd0);
    if (bytes < 8) return form < 0xd0 ? this.count(bytes) : this.take(bytes).readIntBE(0, bytes);
    const whole = form < 0xd0 ? this.take(8).readBigUInt64BE() : this.take(8).readBigInt64BE();
    return wholeNumber(whole);
  }

  #extension(bytes: number): Json {
    const type = this.take(1).readInt8();
    const data = this.take(bytes);
    if (type !== TIMESTAMP) return { type, data: data.toString('base64') };
    return timeOf(data) ?? { type, data: data.toString('base64') };
  }
}

const finite = (number: number): Json => (Number.isFinite(number) ? number : String(number));

/** The time as ISO 8601, to the millisecond; undefined beyond the years that a date can have. */
function timeOf(data: Buffer): string | undefined {
  const milliseconds = millisecondsOf(data);
  const date = new Date(milliseconds ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function millisecondsOf(data: Buffer): number | undefined {
  if (data.length === 4) return data.readUInt32BE() * 1_000;
  if (data.length === 8) {
    const both = data.readBigUInt64BE();
    return Number(both & 0x3_ffff_ffffn) * 1_000 + Number(both >> 34n) / 1_000_000;
  }
  if (data.length !== 12) return undefined;
  return Number(data.readBigInt64BE(4)) * 1_000 + data.readUInt32BE() / 1_000_000;
}

/**
 * MessagePack as JSON: bytes become base64, timestamps ISO 8601, whole numbers that JSON cannot hold exactly their digits.
 * Throws MessagePackProblem.
 */
export function fromMessagePack(bytes: Uint8Array): Json {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.rest > 0) throw new MessagePackProblem(`${reader.rest} bytes follow the value`);
  return value;
}
