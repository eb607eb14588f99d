import { readFileSync } from 'node:fs';
import { VersionProvenance } from '@counterpart/schemas';
import { z } from 'zod';
import { writeWhole } from '../../kernel/files/write-whole.ts';
import { Envelope, open, seal } from './envelope.ts';
import type { SigningKey } from './key.ts';

/** An in-toto statement 1: which bytes, and what is said of them. */
const Statement = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.tuple([z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) })]),
  predicateType: z.literal('urn:counterpart:version-provenance:1'),
  predicate: VersionProvenance,
});

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A record as it stands in its file, and whether it can be believed. */
export interface ReadProvenance {
  readonly provenance: VersionProvenance;
  readonly keyId: string;
  /** In words; absent: this hub signed it, and nobody changed it since. */
  readonly problem?: string | undefined;
}

/** Writes the signed record of a version: whole or not at all. */
export function writeProvenance(file: string, provenance: VersionProvenance, key: SigningKey): void {
  const statement: z.infer<typeof Statement> = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: provenance.server, digest: { sha256: provenance.content.replace('sha256-', '') } }],
    predicateType: 'urn:counterpart:version-provenance:1',
    predicate: provenance,
  };
  const envelope = seal(PAYLOAD_TYPE, JSON.stringify(statement), key);
  writeWhole(file, `${JSON.stringify(envelope, undefined, 2)}\n`, 0o600);
}

/** Reads a record; undefined when nothing can be made of it. Without `key` nothing is believed. */
export function readProvenance(file: string, key: SigningKey | undefined): ReadProvenance | undefined {
  const envelope = Envelope.safeParse(readJson(file)).data;
  if (envelope === undefined) return undefined;
  const keyId = envelope.signatures[0]?.keyid ?? '';
  const signed = key && open(envelope, key);
  const text = signed ?? Buffer.from(envelope.payload, 'base64').toString();
  const statement = Statement.safeParse(parseOrNothing(text)).data;
  if (statement === undefined) return undefined;
  const { predicate, subject } = statement;
  const isMeant = predicate.content === `sha256-${subject[0].digest.sha256}`;
  const problem =
    signed === undefined ? unsigned(keyId, key) : isMeant ? undefined : 'its record names two contents';
  return { provenance: predicate, keyId, problem };
}

function unsigned(keyId: string, key: SigningKey | undefined): string {
  if (key === undefined) return `its record is signed with the key ${keyId}, and this hub has no key`;
  return key.id === keyId
    ? 'its record was changed after it was signed'
    : `its record is signed with the key ${keyId}, and the key of this hub is ${key.id}`;
}

function readJson(file: string): unknown {
  try {
    return parseOrNothing(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
