import { firstOf, type Detected, type Signature } from './format.ts';
import { MESSAGES, OTHERS } from './protocols-other.ts';
import { STORES } from './protocols-stores.ts';
import { HTTP, SECURE } from './protocols-web.ts';

/** Protocols, the ones with the longest signs first within their kind. */
export const PROTOCOLS: readonly Signature[] = [...SECURE, ...HTTP, ...STORES, ...MESSAGES, ...OTHERS];

/** Which protocol is spoken, by the first bytes of either side; undefined where none of the known ones begins so. */
export function classifyTraffic(bytes: Uint8Array): Detected | undefined {
  const latin1 = Buffer.from(bytes.subarray(0, 4_096)).toString('latin1');
  return firstOf(PROTOCOLS, { bytes, latin1, text: '', name: '' });
}
