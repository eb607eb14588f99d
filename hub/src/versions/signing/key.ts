import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { newId } from '../../kernel/ids.ts';
import { writeWhole } from '../../kernel/files/write-whole.ts';

/** The Ed25519 key with which this hub signs what it installs. */
export interface SigningKey {
  /** The first 16 digits of the SHA-256 of its public half, in the form SPKI DER. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Where the key lies: PEM, for its owner only. */
export const signingKeyFile = (dataDir: string): string => join(dataDir, 'signing.key');

const invalid = (file: string, detail: string) => hubError('SIGNING_KEY_INVALID', { file, detail });

/** The key of this hub; undefined before its first use. Throws SIGNING_KEY_INVALID. */
export function readSigningKey(dataDir: string): SigningKey | undefined {
  const file = signingKeyFile(dataDir);
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) throw invalid(file, 'it is not a plain file');
  const mode = found.mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw invalid(file, `others of this machine can read it (mode ${mode.toString(8)})`);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(readFileSync(file));
  } catch {
    throw invalid(file, 'it cannot be read as a private key');
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') throw invalid(file, 'it is not an Ed25519 key');
  const publicKey = createPublicKey(privateKey);
  return { id: idOf(publicKey), privateKey, publicKey };
}

/** The key of this hub, made on its first use. Of several processes at once, all get the same. */
export function openSigningKey(dataDir: string): SigningKey {
  const known = readSigningKey(dataDir);
  if (known) return known;
  const file = signingKeyFile(dataDir);
  const mine = `${file}.${newId()}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeWhole(mine, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
    // A link is made only where nothing stands: whoever is first, his key is everybody's.
    linkSync(mine, file);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  } finally {
    rmSync(mine, { force: true });
  }
  const made = readSigningKey(dataDir);
  if (made) return made;
  throw invalid(file, 'it was removed while it was made');
}

/** For people to compare: the public half as one line of base64. */
export const publicKeyText = ({ publicKey }: SigningKey): string =>
  publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

const idOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
