import { createHash } from 'node:crypto';
import { writeCanonicalJson } from '@counterpart/schemas';

/** `sha256-<hex>` of a value's canonical JSON: equal values have equal hashes, whatever the order of their keys. */
export function hashJson(value: unknown): string {
  const hash = createHash('sha256');
  writeCanonicalJson(value, (piece) => hash.update(piece));
  return `sha256-${hash.digest('hex')}`;
}
