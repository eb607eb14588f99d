import { createHash } from 'node:crypto';
import { canonicalJson } from '@counterpart/schemas';

/** `sha256-<hex>` of a value's canonical JSON: equal values have equal hashes, whatever the order of their keys. */
export const hashJson = (value: unknown): string => hashBytes(canonicalJson(value));

/** `sha256-<hex>` of bytes, or of a text's UTF-8. */
const hashBytes = (bytes: string | Uint8Array): string =>
  `sha256-${createHash('sha256').update(bytes).digest('hex')}`;
