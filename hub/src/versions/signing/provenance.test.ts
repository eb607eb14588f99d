import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerId, type VersionProvenance } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openSigningKey, readSigningKey, signingKeyFile } from './key.ts';
import { readProvenance, writeProvenance } from './provenance.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signing-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const provenance: VersionProvenance = {
  server: ServerId.parse('notes'),
  version: '1.0.0',
  content: `sha256-${'a'.repeat(64)}`,
  definitions: `sha256-${'b'.repeat(64)}`,
  installedAt: '2026-01-01T00:00:00.000Z',
  toolkit: '0.0.0',
  author: { kind: 'model', name: 'a-model', prompts: { rest: '3' } },
  approval: { by: 'owner via cli', at: '2026-01-01T00:00:00.000Z' },
};
const file = () => join(dir, 'provenance.json');
const Written = z.looseObject({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.looseObject({ sig: z.string() })),
});
const written = () => Written.parse(JSON.parse(readFileSync(file(), 'utf8')));

test('the key is made once, for its owner only', () => {
  const key = openSigningKey(dir);
  expect([openSigningKey(dir).id, statSync(signingKeyFile(dir)).mode & 0o777]).toEqual([key.id, 0o600]);
});

test('a key that others can read, or that is none, is not used', () => {
  openSigningKey(dir);
  chmodSync(signingKeyFile(dir), 0o644);
  expect(() => readSigningKey(dir)).toThrow(/others of this machine can read it/);
  chmodSync(signingKeyFile(dir), 0o600);
  writeFileSync(signingKeyFile(dir), 'no key');
  expect(() => openSigningKey(dir)).toThrow(/cannot be read as a private key/);
});

test('a record is read as it was written, in an envelope that other programs know', () => {
  const key = openSigningKey(dir);
  writeProvenance(file(), provenance, key);
  expect(readProvenance(file(), key)).toEqual({ provenance, keyId: key.id, problem: undefined });
  const { payloadType, payload } = written();
  expect(payloadType).toBe('application/vnd.in-toto+json');
  expect(JSON.parse(Buffer.from(payload, 'base64').toString())).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'notes', digest: { sha256: 'a'.repeat(64) } }],
  });
});

test.each<[string, (envelope: z.infer<typeof Written>) => object]>([
  [
    'another approver',
    ({ payload, ...rest }) => {
      const text = Buffer.from(payload, 'base64').toString().replace('owner via cli', 'nobody at all');
      return { ...rest, payload: Buffer.from(text).toString('base64') };
    },
  ],
  ['another type', (envelope) => ({ ...envelope, payloadType: 'application/json' })],
  [
    'another signature',
    ({ signatures, ...rest }) => ({
      ...rest,
      signatures: signatures.map((each) => ({ ...each, sig: Buffer.alloc(64).toString('base64') })),
    }),
  ],
])('a record with %s is not believed', (_, change) => {
  const key = openSigningKey(dir);
  writeProvenance(file(), provenance, key);
  writeFileSync(file(), JSON.stringify(change(written())));
  expect(readProvenance(file(), key)?.problem).toMatch(/changed after it was signed/);
});

test('a record of another key is not believed, and no record can be made of anything else', () => {
  const key = openSigningKey(dir);
  writeProvenance(file(), provenance, key);
  rmSync(signingKeyFile(dir));
  expect(readProvenance(file(), undefined)?.problem).toMatch(/this hub has no key/);
  expect(readProvenance(file(), openSigningKey(dir))?.problem).toMatch(/the key of this hub is/);
  writeFileSync(file(), '{}');
  expect(readProvenance(file(), key)).toBeUndefined();
});
