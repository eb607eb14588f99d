import { readFile } from 'node:fs/promises';
import { ToolFailure } from '../failure.ts';
import { addressOf } from '../http/address.ts';
import type { TlsIdentity } from '../http/exchange.ts';
import type { Proof } from '../http/proof.ts';
import type { CertificateFiles, Credentials } from './credentials.ts';

async function pem(file: string, variable: string | undefined): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown cause';
    throw new ToolFailure(`The file that ${variable ?? 'a setting'} names cannot be read (${code}).`, {
      nextStep: `Set ${variable ?? 'it'} to the absolute path of a PEM file that this server may read.`,
    });
  }
}

async function identityOf(files: CertificateFiles): Promise<TlsIdentity> {
  const { certificate, key, authorities, passphrase, names } = files;
  const { createSecureContext } = await import('node:tls');
  const identity = {
    cert: await pem(certificate, names.certificateFile),
    key: await pem(key, names.keyFile),
    ...(authorities === undefined ? {} : { ca: await pem(authorities, names.caFile) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  try {
    createSecureContext(identity);
  } catch {
    // The library's own words are about bytes of the files.
    throw new ToolFailure('The client certificate and its key cannot be used together.', {
      nextStep: `Set ${names.certificateFile ?? ''} and ${names.keyFile ?? ''} to PEM files of one certificate and its key, and ${names.passphrase ?? ''} where the key has a passphrase.`,
    });
  }
  return identity;
}

/**
 * What proves beside the request's own text who calls: signatures and the client's certificate, for the host of `baseUrl`
 * alone. Undefined when neither is wanted. Rejects with ToolFailure when a file or a key is of no use.
 */
export async function proofOf(
  { signers, certificate }: Pick<Credentials, 'signers' | 'certificate'>,
  baseUrl: string,
): Promise<Proof | undefined> {
  if (signers.length === 0 && certificate === undefined) return undefined;
  const { host } = addressOf(baseUrl);
  const tls = certificate === undefined ? {} : { tls: await identityOf(certificate) };
  if (signers.length === 0) return { host, ...tls };
  const { signRequest } = await import('../signing/sign.ts');
  return { host, ...tls, sign: (request) => signRequest(request, signers) };
}
