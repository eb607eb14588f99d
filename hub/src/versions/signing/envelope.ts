import { type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** A signed document in the form of DSSE 1.0 (Dead Simple Signing Envelope). */
export const Envelope = z.strictObject({
  payloadType: z.string(),
  /** Base64. */
  payload: z.base64(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.base64() })).min(1),
});
export type Envelope = z.infer<typeof Envelope>;

/** What is signed (DSSE protocol, 2): type and body with their lengths, so that neither can be taken for the other. */
function encodingOf(payloadType: string, payload: Buffer): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Signs a document with Ed25519. */
export function seal(
  payloadType: string,
  document: string,
  key: { readonly id: string; readonly privateKey: KeyObject },
): Envelope {
  const payload = Buffer.from(document);
  const sig = sign(null, encodingOf(payloadType, payload), key.privateKey).toString('base64');
  return { payloadType, payload: payload.toString('base64'), signatures: [{ keyid: key.id, sig }] };
}

/** The document as it was signed with this key; undefined when it was not. */
export function open(
  envelope: Envelope,
  key: { readonly id: string; readonly publicKey: KeyObject },
): string | undefined {
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = encodingOf(envelope.payloadType, payload);
  const isSigned = envelope.signatures.some(
    ({ keyid, sig }) => keyid === key.id && verify(null, signed, key.publicKey, Buffer.from(sig, 'base64')),
  );
  return isSigned ? payload.toString() : undefined;
}
