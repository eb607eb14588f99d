import { DiffReport } from '@counterpart/schemas/builds/build';
import { expect, test } from 'vitest';
import { shop } from './builder-shop.ts';
import { createTestHome } from './cli-runner.ts';

test('two versions of a description are compared, and a break is an exit code', async () => {
  const place = createTestHome();
  const old = place.write('old.json', shop());
  const now = place.write(
    'new.json',
    shop(({ paths }) => {
      delete paths['/toys']?.['post'];
    }),
  );
  const different = await place.run(['diff', old, now, '--json']);
  const report = different.json(DiffReport);
  expect([different.code, report.breaking]).toEqual([4, 1]);
  expect(report.changes).toEqual([
    { kind: 'removed', tool: 'create_toy', breaking: true, details: ['POST /toys'] },
  ]);
  expect([report.before.tools, report.after.tools]).toEqual([4, 3]);
  const nobody = await place.run(['diff', 'no-server']);
  expect([nobody.code, nobody.stderr]).toEqual([3, expect.stringContaining('no-server')]);
  await place.dispose();
});
