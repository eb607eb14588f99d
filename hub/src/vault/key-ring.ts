import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { sweepUnfinished, writeWhole } from '../kernel/files/write-whole.ts';
import { KEY_BYTES, type MasterKey, masterKey, newMasterKey } from './sealing.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

/** Variable of the master key, and of the one before it, which is needed once after the key was changed. */
export const KEY_VARIABLE = 'MODULE_ENCRYPTION_KEY';
export const OLD_KEY_VARIABLE = 'MODULE_ENCRYPTION_KEY_PREVIOUS';

/** The master keys at hand: new records get the current one, older ones may need another. */
export interface KeyRing {
  readonly source: 'environment' | 'file';
  readonly current: MasterKey;
  readonly keys: readonly MasterKey[];
}

export type Variables = Readonly<Record<string, string | undefined>>;

const KeyFile = z.strictObject({
  version: z.literal(1),
  current: z.string(),
  keys: z.array(z.strictObject({ id: z.string(), key: z.base64() })).min(1),
});

/** Where the key lies when the environment names none. */
export const keyFile = (dataDir: string): string => join(dataDir, 'vault.key');

const invalid = (source: string, detail: string) => hubError('VAULT_KEY_INVALID', { source, detail });

/** A key of 32 bytes, as hex or base64. Throws VAULT_KEY_INVALID, which says what is wrong and never what was given. */
export function parseKey(text: string, source: string): MasterKey {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return masterKey(Buffer.from(trimmed, 'hex'));
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed))
    throw invalid(source, 'it is neither base64 nor hexadecimal');
  const bytes = Buffer.from(trimmed, trimmed.includes('-') || trimmed.includes('_') ? 'base64url' : 'base64');
  if (bytes.length !== KEY_BYTES)
    throw invalid(source, `it has ${bytes.length} bytes instead of ${KEY_BYTES}`);
  if (bytes.every((byte) => byte === bytes[0])) throw invalid(source, 'all its bytes are equal');
  return masterKey(bytes);
}

/** Keys of the variables, the current one first; none when there is no variable. */
function environmentKeys(env: Variables): MasterKey[] {
  const text = env[KEY_VARIABLE];
  if (text === undefined || text.trim() === '') return [];
  const before = env[OLD_KEY_VARIABLE];
  return [
    parseKey(text, KEY_VARIABLE),
    ...(before === undefined || before.trim() === '' ? [] : [parseKey(before, OLD_KEY_VARIABLE)]),
  ];
}

/** Others of this machine must not read it, and a link could lead to what they wrote. */
function assertPrivate(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return false;
  const mode = found.mode & 0o777;
  if (!found.isFile()) throw invalid(file, 'it is not a plain file');
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) throw invalid(file, 'it belongs to another user');
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw hubError('VAULT_KEY_EXPOSED', { file, mode: mode.toString(8).padStart(4, '0') });
  return true;
}

function fileKeys(dataDir: string): MasterKey[] {
  const file = keyFile(dataDir);
  if (!assertPrivate(file)) return [];
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw invalid(file, 'it cannot be read as JSON');
  }
  const parsed = KeyFile.safeParse(content);
  if (!parsed.success) throw invalid(file, 'it is not a key file of this hub');
  const keys = parsed.data.keys.map(({ key }) => parseKey(key, file));
  const current = keys.find(({ id }) => id === parsed.data.current);
  if (current === undefined) throw invalid(file, 'the key it names as current is not in it, or was changed');
  return [current, ...keys.filter((key) => key !== current)];
}

/** Writes the key file: whole, durably, for its owner only. The first key is the current one. */
export function writeKeyFile(dataDir: string, keys: readonly MasterKey[]): void {
  const content = {
    version: 1,
    current: keys[0]?.id,
    keys: keys.map(({ id, bytes }) => ({ id, key: bytes.toString('base64') })),
  };
  try {
    writeWhole(keyFile(dataDir), `${JSON.stringify(content, undefined, 2)}\n`, 0o600);
  } catch (cause) {
    const detail = systemReason(cause);
    throw hubError('DATA_UNWRITABLE', { directory: keyFile(dataDir), detail }, { cause });
  }
}

/** Removes a half-written key file that a killed process left. */
export const sweepKeyFile = (dataDir: string, now: number): void => sweepUnfinished(keyFile(dataDir), now);

/**
 * The keys of this hub: of the environment, else of the key file. A key file beside a variable still opens what was sealed
 * with it. Undefined: there is no key yet. Throws VAULT_KEY_INVALID or VAULT_KEY_EXPOSED.
 */
export function readKeyRing(dataDir: string, env: Variables): KeyRing | undefined {
  const named = environmentKeys(env);
  const keys = [...named, ...fileKeys(dataDir)];
  const [current] = keys;
  return current && { source: named.length > 0 ? 'environment' : 'file', current, keys };
}

/** A key file with a new key, for a hub that has no key. */
export function makeKeyFile(dataDir: string): KeyRing {
  const key = newMasterKey();
  writeKeyFile(dataDir, [key]);
  return { source: 'file', current: key, keys: [key] };
}
