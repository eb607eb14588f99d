import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { PathWords } from '../fixtures/record-har.ts';
import { recordable, recover } from '../gauntlet/har/recover.ts';
import { verifies } from '../verifies.ts';

const folder = fileURLToPath(new URL('../../../shared/specs/openapi/', import.meta.url));
const ORIGIN = 'https://api.recorded.test';
/** Interfaces of different makers: ids that are numbers, UUIDs, prefixed, and plain words. */
const FILES = [
  'museum.yaml',
  'petstore.yaml',
  'notion.json',
  'pokeapi.yml',
  'xero-files.yaml',
  'twilio-verify.json',
  'figma.yaml',
  'etcd-v2.json',
  'langfuse.yml',
];
/** Beside the traffic of one person, each with one other kind of values. */
const OTHERS = ['english', 'random', 'sampled'] as const;
const BAR = 0.95;

/** A different value for each credential, as random as real ones and the same in every run. */
function planted(): { of: (variable: string) => string; all: Map<string, string> } {
  const all = new Map<string, string>();
  const of = (variable: string): string => {
    const known =
      all.get(variable) ?? `Zq${all.size}9xT${Buffer.from(variable).toString('base64url').slice(0, 14)}7Kp2`;
    all.set(variable, known);
    return known;
  };
  return { of, all };
}

describe.skipIf(!existsSync(folder))('what was recorded of a real interface', () => {
  test.each(
    FILES.flatMap((file, index) =>
      (['lived', OTHERS[index % 3] ?? 'random'] as const).map((words) => [file, words] as const),
    ),
  )('%s with %s values gives its templates back and none of its secrets', async (file, words: PathWords) => {
    verifies('M23');
    const secrets = planted();
    const options = { samples: 3, words, secret: secrets.of, origin: ORIGIN };
    const { recall, precision, text } = await recover(await recordable(`${folder}${file}`, ORIGIN), options);
    expect(recall).toBeGreaterThanOrEqual(BAR);
    expect(precision).toBeGreaterThanOrEqual(BAR);
    expect([...secrets.all.values()].filter((secret) => text.includes(secret))).toEqual([]);
  });
});
