import type { JsonMembers } from '../ports.ts';

/** Whether a JSON value is an object, the only shape whose members may be read. */
export function isMembers(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member as an object; an empty one when it is anything else. */
export function membersOf(value: unknown): JsonMembers {
  return isMembers(value) ? value : {};
}

const BYTE_ORDER_MARK = '\ufeff';

/** Parsed JSON, or undefined when the bytes are not JSON. `parse` as `JSON.parse`, but for what becomes of numbers. */
export function parseJson(
  bytes: Buffer,
  parse: (text: string) => unknown = JSON.parse,
): { readonly value: unknown } | undefined {
  try {
    const text = bytes.toString('utf8');
    // Some frameworks begin what they write with a byte order mark, which a reader may pass over (RFC 8259, 8.1).
    const value = parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
    return { value };
  } catch {
    return undefined;
  }
}
