import { handManifest } from '@counterpart/scaffolds/templates/render-hand';
import { ServerId } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { scanService } from './service.ts';

const manifest = (config: { name: string; description: string; default: string; required: boolean }[]) =>
  JSON.stringify(
    handManifest({
      id: ServerId.parse('weather'),
      title: 'Weather',
      about: 'Weather.',
      category: 'general',
      facts: { config, secrets: [], net: ['api.weather.example:443'] },
    }),
  );
const CODE = `const one = await http.json({ path: '/now' });
const two = await context.http.request({
  method: 'POST',
  path: \`/places/\${id}\`,
});
const three = await http.json({ path: 'https://api.weather.example/now' });
const four = { path: '/not-a-request' };
`;

test('a relative path needs an address to start from, wherever its tests took one', () => {
  const files = [
    { file: 'src/tools/a.ts', text: CODE },
    { file: 'test/a.test.ts', text: CODE },
  ];
  expect(scanService(manifest([]), files)).toMatchObject([
    { file: 'src/tools/a.ts', line: 1, column: 31, rule: 'service', severity: 'error' },
    { file: 'src/tools/a.ts', line: 4, column: 3 },
  ]);
  const declared = {
    name: 'WEATHER_BASE_URL',
    description: 'Address.',
    default: 'https://api.weather.example',
    required: false,
  };
  expect(scanService(manifest([declared]), files)).toEqual([]);
  expect(scanService(manifest([{ ...declared, name: 'WEATHER_ICON_URL' }]), files)).toHaveLength(2);
  expect(scanService('not JSON', files)).toEqual([]);
});
