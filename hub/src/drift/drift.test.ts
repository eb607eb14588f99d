import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '../kernel/log.ts';
import { openDrift } from './drift.ts';
import { openEvidence } from './evidence.ts';

const never = () => Promise.reject(new Error('nothing is built here'));

/** The watch over a server whose calls its mirror answers, or not. */
function watch(isMirrored: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'drift-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const drift = openDrift({
    evidence: openEvidence(folder, { now: () => 0, after: () => () => undefined }),
    events: { publish: () => undefined, subscribe: () => () => undefined },
    log: createLog({ level: 'silent' }),
    server: () => Promise.resolve({ blueprint: undefined, wish: undefined }),
    isMirrored: () => isMirrored,
    recompile: never,
    probe: () => Promise.resolve(['list_pets: answered']),
    builds: { start: never, list: () => Promise.resolve([]) },
    propose: () => 'always',
  });
  for (let call = 0; call < 9; call += 1) drift.note({ server: 'pets', tool: 'list_pets' });
  return drift;
}

it('what calls show says something of the service', async () => {
  expect(await watch(false).report('pets')).toMatchObject({ verdict: 'fits', evidence: [{ answered: 9 }] });
  expect(await watch(false).check('pets')).toMatchObject({ probes: ['list_pets: answered'] });
});

it('what a mirror answers says nothing of the service, and a check says why nothing was tried', async () => {
  expect(await watch(true).report('pets')).toMatchObject({ verdict: 'unknown', evidence: [] });
  expect(await watch(true).check('pets')).toMatchObject({
    verdict: 'unknown',
    probes: ['nothing, since it speaks to its mirror; `hub target pets live` points it at the service'],
  });
});
