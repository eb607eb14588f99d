import type { RpcId } from '../../ports.ts';
import { exactText } from '../exact-numbers.ts';

/** Whether a value can be the id of a JSON-RPC request. */
export function isRpcId(value: unknown): value is RpcId {
  return typeof value === 'string' || Number.isFinite(value);
}

/** JSON text of an id in ASCII, so that it can be spliced into a frame of any encoding without changing its length in bytes. */
export function idTextOf(id: RpcId): string {
  if (typeof id === 'number') return String(id);
  return JSON.stringify(id).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for what the other side sent as an id, which may have more digits than a double holds; undefined for what is none. */
export const idTextIn = (value: unknown): string | undefined =>
  exactText(value) ?? (isRpcId(value) ? idTextOf(value) : undefined);
