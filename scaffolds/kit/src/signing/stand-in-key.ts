import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { MessageSignature } from '@counterpart/schemas';

type Algorithm = Exclude<MessageSignature['algorithm'], 'hmac-sha256'>;

const made = new Map<Algorithm, string>();

function generate(algorithm: Algorithm): KeyObject {
  switch (algorithm) {
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ecdsa-p256-sha256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'ecdsa-p384-sha384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 'rsa-pss-sha512':
    case 'rsa-v1_5-sha256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  }
}

/** A private key of this process, as PEM: before a mirror, which knows nobody's public half, any will do. */
export function standInKey(algorithm: Algorithm): string {
  const known = made.get(algorithm);
  if (known !== undefined) return known;
  const key = generate(algorithm).export({ type: 'pkcs8', format: 'pem' }).toString();
  made.set(algorithm, key);
  return key;
}
