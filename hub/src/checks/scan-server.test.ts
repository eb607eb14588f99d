import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handManifest } from '@counterpart/scaffolds/templates/render-hand';
import { ServerId } from '@counterpart/schemas';
import { afterAll, expect, test } from 'vitest';
import { scanServer } from './scan-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'scan-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a server is held to what its code, its manifest and its package say', async () => {
  const manifest = handManifest({
    id: ServerId.parse('weather'),
    title: 'Weather',
    about: 'Weather.',
    category: 'general',
    facts: { config: [], secrets: [], net: ['api.weather.example:443'] },
  });
  mkdirSync(join(folder, 'src'));
  const files = {
    'manifest.json': JSON.stringify({
      ...manifest,
      config: [{ name: 'NODE_OPTIONS', description: 'For Node.', required: false }],
    }),
    'package.json': JSON.stringify({ scripts: { postinstall: 'node src/a.ts' } }),
    'src/a.ts': `export const now = (http) => http.json({ path: '/now' });\neval('1');\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { diagnostics } = await scanServer(folder);
  expect(diagnostics.map(({ file, rule }) => `${file} ${rule}`)).toEqual(
    expect.arrayContaining(['package.json dependency', 'src/a.ts service', 'src/a.ts dynamic-code']),
  );
  expect(diagnostics.map(({ file }) => file)).toContain('manifest.json');
});
