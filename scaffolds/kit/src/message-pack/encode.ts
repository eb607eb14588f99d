import type { Json } from '@counterpart/schemas';
import { isList, isMembers } from '../json-value.ts';

/** The first byte of each form (MessagePack specification, "Formats"): short forms hold their length in themselves. */
const FORMS = {
  text: { fixed: 0xa0, room: 32, wide: [0xd9, 0xda, 0xdb] },
  list: { fixed: 0x90, room: 16, wide: [undefined, 0xdc, 0xdd] },
  map: { fixed: 0x80, room: 16, wide: [undefined, 0xde, 0xdf] },
} as const;

function head(form: keyof typeof FORMS, count: number): Uint8Array {
  const { fixed, room, wide } = FORMS[form];
  if (count < room) return Uint8Array.of(fixed | count);
  const [small, middle, large] = wide;
  if (small !== undefined && count < 0x100) return Uint8Array.of(small, count);
  if (count < 0x10000) return Uint8Array.of(middle, count >> 8, count & 0xff);
  const bytes = new Uint8Array(5);
  bytes[0] = large;
  new DataView(bytes.buffer).setUint32(1, count);
  return bytes;
}

function numberBytes(value: number): Uint8Array {
  if (Number.isInteger(value) && value >= 0 && value < 0x80) return Uint8Array.of(value);
  if (Number.isInteger(value) && value < 0 && value >= -32) return Uint8Array.of(value & 0xff);
  const isSmall = Number.isInteger(value) && Math.abs(value) < 0x80000000;
  const bytes = new Uint8Array(isSmall ? 5 : 9);
  const view = new DataView(bytes.buffer);
  bytes[0] = isSmall ? 0xd2 : 0xcb;
  if (isSmall) view.setInt32(1, value);
  else view.setFloat64(1, value);
  return bytes;
}

/** A whole number beyond 2^53, in eight bytes; one that has no room there is a double, as near as that comes. */
function wideBytes(value: bigint): Uint8Array {
  const isSigned = BigInt.asIntN(64, value) === value;
  if (!isSigned && BigInt.asUintN(64, value) !== value) return numberBytes(Number(value));
  const bytes = new Uint8Array(9);
  bytes[0] = isSigned ? 0xd3 : 0xcf;
  new DataView(bytes.buffer).setBigUint64(1, BigInt.asUintN(64, value));
  return bytes;
}

function textBytes(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([head('text', bytes.length), bytes]);
}

/** A JSON value as MessagePack. Whole numbers beyond 32 bits are written as doubles while those hold them exactly. */
export function toMessagePack(value: Json): Uint8Array {
  if (value === null) return Uint8Array.of(0xc0);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xc3 : 0xc2);
  if (typeof value === 'number') return numberBytes(value);
  if (typeof value === 'bigint') return wideBytes(value);
  if (typeof value === 'string') return textBytes(value);
  if (isList(value)) return Buffer.concat([head('list', value.length), ...value.map(toMessagePack)]);
  const members = isMembers(value) ? Object.entries(value) : [];
  const pairs = members.flatMap(([name, member]) => [textBytes(name), toMessagePack(member)]);
  return Buffer.concat([head('map', members.length), ...pairs]);
}
