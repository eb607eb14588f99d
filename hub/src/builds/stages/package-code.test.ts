import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeDraft, LoopPlan, Manifest } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageCode } from './package-code.ts';

let candidate: string;
beforeEach(() => {
  candidate = mkdtempSync(join(tmpdir(), 'package-'));
});
afterEach(() => rmSync(candidate, { recursive: true }));

const files = [{ path: 'src/tools/get-now.ts', text: 'export const getNow = 1;\n' }];

async function packaged(draft: object, net: readonly string[] = []): Promise<Manifest> {
  const plan = LoopPlan.parse({ kind: 'code', name: 'weather', title: 'Weather', summary: 'Weather.', net });
  await packageCode(candidate, { plan, draft: CodeDraft.parse({ files, ...draft }), category: undefined });
  return Manifest.parse(JSON.parse(readFileSync(join(candidate, 'manifest.json'), 'utf8')));
}

test('the address of a service is a setting with that default, and its host may be reached', async () => {
  const { config, permissions } = await packaged({ service: 'https://api.weather.example/v1' });
  expect(config).toMatchObject([
    { name: 'WEATHER_BASE_URL', default: 'https://api.weather.example/v1', required: false },
  ]);
  expect(permissions.net).toEqual(['api.weather.example:443']);
});

test('hosts are declared with their ports, however an author writes them', async () => {
  const net = ['a.example', 'b.example:8443', 'http://c.example/v1', '[::1]:80', '*.d.example'];
  const { permissions } = await packaged({ net });
  expect(permissions.net).toEqual([
    'a.example:443',
    'b.example:8443',
    'c.example:80',
    '[::1]:80',
    '*.d.example:443',
  ]);
  expect((await packaged({}, ['e.example'])).permissions.net).toEqual(['e.example:443']);
});

test('of two settings for the address of the service, that of the answer’s `service` counts', async () => {
  const own = {
    name: 'WEATHER_BASE_URL',
    description: 'Where.',
    default: 'https://x.example',
    required: true,
  };
  const { config } = await packaged({ service: 'http://127.0.0.1:8080', config: [own] });
  expect(config.map((slot) => slot.default)).toEqual(['http://127.0.0.1:8080']);
});
