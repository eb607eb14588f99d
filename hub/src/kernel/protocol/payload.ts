import type { Payload } from '../ports.ts';

/** Up to this many bytes what comes in parts is joined into one text, so that it leaves in one write with what precedes it. */
const JOIN_BYTES = 16 * 1024;

/** How many bytes will be written. */
export function payloadBytes(payload: Payload): number {
  if (payload.kind === 'utf8') return Buffer.byteLength(payload.text);
  if (payload.kind === 'latin1') return payload.text.length;
  return payload.parts.reduce((sum, part) => sum + part.length, 0);
}

/** The same bytes in a form that is quick to write: few parts become a text. */
export function joined(payload: Payload, bytes: number): Payload {
  if (payload.kind !== 'bytes' || bytes > JOIN_BYTES) return payload;
  return { kind: 'latin1', text: payload.parts.map((part) => part.toString('latin1')).join('') };
}
