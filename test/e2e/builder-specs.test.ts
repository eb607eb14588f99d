import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { validateServer } from '../../hub/src/builder/validate.ts';
import { verifies } from '../verifies.ts';
import { description, descriptionsDir, hasDescriptions, openWorkspace } from './builder-workspace.ts';

const files = hasDescriptions ? readdirSync(descriptionsDir).sort() : ['../shared/specs is not there'];

test.skipIf(!hasDescriptions).each(files)(
  '%s becomes a server whose tools are listed and one of them called against its mirror',
  { timeout: 60_000 },
  async (file) => {
    verifies('M01');
    await using workspace = await openWorkspace();
    const report = await workspace.build({ from: description(file), name: 'built' });
    expect(report.check).toMatchObject({ toolsListed: report.tools.length, callOutcome: 'ok' });
    expect(report.outcome).toBe('installed');
    expect(await validateServer(join(workspace.serversDir, 'built'))).toEqual([]);
    const { total, built, omitted } = report.operations;
    expect(built + omitted).toBe(total);
    expect(report.omitted.filter(({ reason, source }) => reason === '' || source.pointer === '')).toEqual([]);
  },
);
