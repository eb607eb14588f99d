import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSource } from '@counterpart/scaffolds/readers/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { ServerId, type Blueprint } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { recordHar, unnamed, type PathWords } from '../fixtures/record-har.ts';
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
const BAR = 0.95;

/** The blueprint with one address and no others, so that every call goes where the recording says. */
async function blueprintOf(file: string): Promise<Blueprint> {
  const { blueprint } = await readSource(await loadSource(`${folder}${file}`), { id: ServerId.parse('api') });
  const url = blueprint.servers[0]?.url ?? '';
  const operations = blueprint.operations.map((operation) => {
    const { servers: _own, ...http } = operation.http;
    return { ...operation, http };
  });
  const servers = [{ url: URL.canParse(url) ? url.replaceAll(/\{[^}]*\}/g, 'x') : ORIGIN }];
  return { ...blueprint, servers, operations };
}

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
    FILES.flatMap((file) =>
      (['sampled', 'english', 'random'] as const).map((words) => [file, words] as const),
    ),
  )('%s with %s values gives its templates back and none of its secrets', async (file, words: PathWords) => {
    verifies('M23');
    const secrets = planted();
    const har = await recordHar(await blueprintOf(file), {
      samples: 3,
      words,
      secret: secrets.of,
      origin: ORIGIN,
    });
    const source = { text: har.text, location: 'traffic.har', sha256: `sha256-${'0'.repeat(64)}` };
    const { blueprint } = await readSource(source, { id: ServerId.parse('back') });
    const found = new Set(blueprint.operations.map(({ http }) => `${http.method} ${unnamed(http.path)}`));
    const right = [...har.called].filter((one) => found.has(one)).length;
    expect(right / har.called.size).toBeGreaterThanOrEqual(BAR);
    expect(right / found.size).toBeGreaterThanOrEqual(BAR);
    const text = JSON.stringify(blueprint);
    expect([...secrets.all.values()].filter((secret) => text.includes(secret))).toEqual([]);
  });
});
