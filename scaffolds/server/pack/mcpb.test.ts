import { Manifest } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { mcpbManifest } from './mcpb.ts';

const manifest = Manifest.parse({
  id: 'toys',
  version: '1.2.0',
  title: 'Toy Shop',
  category: 'general',
  platform: 'toys',
  scaffold: 'openapi@1',
  entry: 'dist/server.js',
  source: 'src/server.ts',
  permissions: { net: ['toys.example.test:443'], files: [] },
  config: [
    { name: 'TOYS_BASE_URL', default: 'https://toys.example.test', required: false },
    { name: 'TOYS_REGION', required: true },
    { name: 'TOYS_TIMEOUT_MS', required: false },
  ],
  secrets: [{ name: 'TOYS_API_KEY', description: 'Key of the shop.', required: true }],
  dependsOn: [],
  test: 'test/contract.test.ts',
  health: {},
  tools: {},
});

test('a client asks its user for every setting, hides secrets, and hands over nothing for what was left empty', () => {
  const bundle = mcpbManifest({ manifest, tools: [], author: 'Anna', node: '>=22.18' });
  expect(bundle).toMatchObject({
    manifest_version: '0.3',
    server: { mcp_config: { env: { TOYS_API_KEY: '${user_config.toys_api_key}' } } },
    user_config: {
      toys_base_url: { required: false, default: 'https://toys.example.test' },
      toys_region: { required: true, title: 'Toys region' },
      toys_timeout_ms: { required: false, default: '' },
      toys_api_key: { required: true, sensitive: true, description: 'Key of the shop.' },
    },
  });
});
