import type { GrpcScalar } from '@counterpart/schemas';

/** The encoding of protocol buffers: tags, variable-length integers and little-endian numbers. */

/** Bytes that are no message; the message is a clause. */
export class ProtoProblem extends Error {}

const LARGEST_NUMBER = 2 ** 29 - 1;
const START_GROUP = 3;
const END_GROUP = 4;

/** What stands before each value. */
export interface Tag {
  readonly number: number;
  readonly wireType: number;
}

/** Writes a message piece by piece. */
export class ProtoWriter {
  readonly #parts: Buffer[] = [];

  varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  tag(number: number, wireType: number): this {
    return this.varint((BigInt(number) << 3n) | BigInt(wireType));
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  delimited(bytes: Uint8Array): this {
    return this.varint(BigInt(bytes.byteLength)).raw(bytes);
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Reads a message piece by piece. Throws ProtoProblem where it ends too early. */
export class ProtoReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new ProtoProblem('it ends inside a number');
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtoProblem('a number is too long');
  }

  take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length)
      throw new ProtoProblem('it ends inside a field');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  delimited(): Buffer {
    return this.take(Number(this.varint()));
  }

  /** Number and wire type of the field that follows. */
  tag(): Tag {
    const tag = this.varint();
    const number = Number(tag >> 3n);
    if (number < 1 || number > LARGEST_NUMBER) throw new ProtoProblem('a field has no valid number');
    return { number, wireType: Number(tag & 7n) };
  }

  /** Passes over a field that is not known, with all that its group holds. */
  skip({ number, wireType }: Tag): void {
    // Groups nest as deep as the sender likes, so they are counted and not descended into.
    const open: number[] = [];
    let next: Tag = { number, wireType };
    for (;;) {
      if (next.wireType === START_GROUP) open.push(next.number);
      else if (next.wireType !== END_GROUP) this.#skipValue(next.wireType);
      else if (open.pop() !== next.number) throw new ProtoProblem('a group ends that did not begin');
      if (open.length === 0) return;
      next = this.tag();
    }
  }

  #skipValue(wireType: number): void {
    if (wireType === 0) this.varint();
    else if (wireType === 1) this.take(8);
    else if (wireType === 2) this.delimited();
    else if (wireType === 5) this.take(4);
    else throw new ProtoProblem(`a field has the unknown wire type ${wireType}`);
  }
}

/** Wire type of a scalar's values. */
export function wireTypeOf(type: GrpcScalar): number {
  if (type === 'string' || type === 'bytes') return 2;
  if (type === 'double' || type === 'fixed64' || type === 'sfixed64') return 1;
  return type === 'float' || type === 'fixed32' || type === 'sfixed32' ? 5 : 0;
}

const zigzag = (value: bigint): bigint => (value << 1n) ^ (value >> 63n);
const unzigzag = (value: bigint): bigint => (value >> 1n) ^ -(value & 1n);

function fixed(size: 4 | 8, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}

type Write = (writer: ProtoWriter, value: bigint | number) => unknown;

const whole = (value: bigint | number): bigint =>
  typeof value === 'bigint' ? value : BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
const writeVarint: Write = (writer, value) => writer.varint(whole(value));
const writeZigzag: Write = (writer, value) => writer.varint(zigzag(whole(value)));
const writeFixed32: Write = (writer, value) =>
  writer.raw(fixed(4, (buffer) => buffer.writeUInt32LE(Number(BigInt.asUintN(32, whole(value))))));
const writeFixed64: Write = (writer, value) =>
  writer.raw(fixed(8, (buffer) => buffer.writeBigUInt64LE(BigInt.asUintN(64, whole(value)))));

const WRITE: Readonly<Record<GrpcScalar, Write>> = {
  double: (writer, value) => writer.raw(fixed(8, (buffer) => buffer.writeDoubleLE(Number(value)))),
  float: (writer, value) => writer.raw(fixed(4, (buffer) => buffer.writeFloatLE(Number(value)))),
  fixed32: writeFixed32,
  sfixed32: writeFixed32,
  fixed64: writeFixed64,
  sfixed64: writeFixed64,
  sint32: writeZigzag,
  sint64: writeZigzag,
  bool: writeVarint,
  int32: writeVarint,
  int64: writeVarint,
  uint32: writeVarint,
  uint64: writeVarint,
  // Their length; what follows it is their writer's.
  bytes: writeVarint,
  string: writeVarint,
};

/** Writes a number or truth of a type; texts and bytes are delimited by who calls. */
export function writeNumber(writer: ProtoWriter, type: GrpcScalar, value: bigint | number): void {
  WRITE[type](writer, value);
}

/** The shortest number that is the same float: 0.1 and not 0.10000000149. */
function shortFloat(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}

type Read = (reader: ProtoReader) => bigint | number;

const readInt32: Read = (reader) => Number(BigInt.asIntN(32, reader.varint()));

const READ: Readonly<Record<GrpcScalar, Read>> = {
  double: (reader) => reader.take(8).readDoubleLE(),
  float: (reader) => shortFloat(reader.take(4).readFloatLE()),
  fixed32: (reader) => reader.take(4).readUInt32LE(),
  sfixed32: (reader) => reader.take(4).readInt32LE(),
  fixed64: (reader) => reader.take(8).readBigUInt64LE(),
  sfixed64: (reader) => reader.take(8).readBigInt64LE(),
  sint32: (reader) => Number(unzigzag(reader.varint())),
  sint64: (reader) => unzigzag(reader.varint()),
  int64: (reader) => BigInt.asIntN(64, reader.varint()),
  uint64: (reader) => reader.varint(),
  uint32: (reader) => Number(BigInt.asUintN(32, reader.varint())),
  bool: readInt32,
  int32: readInt32,
  bytes: readInt32,
  string: readInt32,
};

/** Reads a number of a type: 64-bit ones as bigint, others as number. */
export const readNumber = (reader: ProtoReader, type: GrpcScalar): bigint | number => READ[type](reader);
