import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** A master key with the id that records name it by. */
export interface MasterKey {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

/** What a record is bound to: sealed in one place, it opens in no other. */
export interface Binding {
  readonly organisation: string;
  readonly server: string;
  readonly name: string;
}

/** A value under a key of its own, and that key under a master key; base64 of nonce, text and tag. */
export interface Sealed {
  readonly keyId: string;
  readonly wrapped: string;
  readonly sealed: string;
}

export const KEY_BYTES = 32;
/** NIST SP 800-38D, 8.2.2: a random nonce of 96 bits; a data key encrypts once, a master key far below 2^32 times. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** A key's id tells keys apart and nothing of the key (HMAC-SHA-256 of a fixed text under it, cut to 64 bits). */
export const masterKey = (bytes: Buffer): MasterKey => ({
  id: createHmac('sha256', bytes).update('counterpart vault key id').digest('hex').slice(0, 16),
  bytes,
});

/** A new random master key. */
export const newMasterKey = (): MasterKey => masterKey(randomBytes(KEY_BYTES));

/** The list is JSON, so that no two bindings give one text. */
const bound = (part: 'value' | 'key', { organisation, server, name }: Binding, keyId?: string): Buffer =>
  Buffer.from(JSON.stringify(['counterpart-vault-1', part, organisation, server, name, keyId ?? null]));

function encrypt(key: Buffer, text: Buffer, data: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(data);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function decrypt(key: Buffer, packed: string, data: Buffer): Buffer | undefined {
  const bytes = Buffer.from(packed, 'base64');
  // Base64 is read leniently: what is not exactly what was written is another record.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64') !== packed) return undefined;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const text = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(data).setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    return undefined; // the tag does not fit
  }
}

/** Encrypts a value with a fresh key, and that key with the master key. */
export function seal(master: MasterKey, binding: Binding, value: string): Sealed {
  const key = randomBytes(KEY_BYTES);
  const sealed = {
    keyId: master.id,
    wrapped: encrypt(master.bytes, key, bound('key', binding, master.id)),
    sealed: encrypt(key, Buffer.from(value), bound('value', binding)),
  };
  key.fill(0);
  return sealed;
}

function unwrap(master: MasterKey, binding: Binding, { keyId, wrapped }: Sealed): Buffer | undefined {
  const key = decrypt(master.bytes, wrapped, bound('key', binding, keyId));
  return key?.length === KEY_BYTES ? key : undefined;
}

/** The value; undefined when the record was changed, cut, or sealed for another place or key. */
export function open(master: MasterKey, binding: Binding, record: Sealed): string | undefined {
  const key = unwrap(master, binding, record);
  const value = key && decrypt(key, record.sealed, bound('value', binding));
  key?.fill(0);
  return value?.toString('utf8');
}

/** The record under another master key, its value untouched; undefined when it does not open. */
export function rewrap(
  { from, to }: { readonly from: MasterKey; readonly to: MasterKey },
  binding: Binding,
  record: Sealed,
): Sealed | undefined {
  const key = unwrap(from, binding, record);
  if (key === undefined || decrypt(key, record.sealed, bound('value', binding)) === undefined)
    return undefined;
  const wrapped = encrypt(to.bytes, key, bound('key', binding, to.id));
  key.fill(0);
  return { keyId: to.id, wrapped, sealed: record.sealed };
}
