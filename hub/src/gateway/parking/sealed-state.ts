import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What a client carries between a question and its answer, without being able to read or change it. */
export const ParkedState = z.strictObject({
  server: z.string(),
  /** The parked call. */
  call: z.string(),
  /** Which of its rounds of questions this is; only the newest can be answered. */
  round: z.int(),
  /** Of whom the question was put to. */
  client: z.string(),
  /** Of method, name and arguments of the request. */
  digest: z.string(),
  /** Milliseconds since the epoch. */
  expires: z.number(),
});
export type ParkedState = z.infer<typeof ParkedState>;

const CIPHER = 'aes-256-gcm';
const PREFIX = 'parked.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals states with a key of its own, so that nothing sealed before a restart of the hub can be opened after it. */
export class StateSeal {
  readonly #key = randomBytes(32);

  /** Text for `requestState`. */
  seal(state: ParkedState): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([cipher.update(JSON.stringify(state)), cipher.final()]);
    return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Undefined for a text that this seal did not make, byte for byte. */
  open(text: string): ParkedState | undefined {
    if (!isSealed(text)) return undefined;
    const encoded = text.slice(PREFIX.length);
    const bytes = Buffer.from(encoded, 'base64url');
    // Decoding passes over what is no base64; such a text is not the one that was given out.
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== encoded) return undefined;
    try {
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      return ParkedState.parse(JSON.parse(opened.toString()));
    } catch {
      return undefined; // changed, or sealed with another key
    }
  }
}

/** Whether a text looks like a state of the hub rather than one of a server. */
export const isSealed = (text: string): boolean => text.startsWith(PREFIX);
