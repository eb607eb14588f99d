import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROOFS_FILE = `${ROOT}.cache/proofs.json`;

/** What the last run of each test file proved. */
export interface ProofRecord {
  readonly file: string;
  readonly test: string;
  readonly ids: readonly string[];
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
}

/** Keeps, file by file, which tests cited which requirements and how they ended, for `npm run requirements`. */
export class ProofsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ran = new Set(modules.map(fileOf));
    const kept = readProofs().filter(({ file }) => !ran.has(file));
    const proofs = [...kept, ...modules.flatMap(proofsOf)];
    mkdirSync(`${ROOT}.cache`, { recursive: true });
    writeFileSync(`${PROOFS_FILE}.new`, `${JSON.stringify(proofs, undefined, 1)}\n`);
    renameSync(`${PROOFS_FILE}.new`, PROOFS_FILE);
    closeRun(modules);
  }
}

/** Says in one plain line how the run ended; where skipping is forbidden, a skipped test fails the run by name. */
function closeRun(modules: readonly TestModule[]): void {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  const skipped = tests.filter((test) => test.result().state === 'skipped');
  for (const test of skipped) process.stdout.write(`skipped: ${fileOf(test.module)} > ${test.fullName}\n`);
  process.stdout.write(`${count('passed')} passed, ${count('failed')} failed, ${skipped.length} skipped\n`);
  if (process.env['COUNTERPART_FORBID_SKIP'] !== undefined && skipped.length > 0) process.exitCode = 1;
}

const fileOf = (module: TestModule): string => relative(ROOT, module.moduleId);

function proofsOf(module: TestModule): ProofRecord[] {
  return [...module.children.allTests()].flatMap((test: TestCase) => {
    const ids = test.meta().verifies ?? [];
    return ids.length === 0
      ? []
      : [{ file: fileOf(module), test: test.fullName, ids, state: test.result().state }];
  });
}

/** Proofs of the last runs; none when nothing ran yet. */
export function readProofs(): ProofRecord[] {
  try {
    return JSON.parse(readFileSync(PROOFS_FILE, 'utf8')) as ProofRecord[]; // written above, by this very file
  } catch {
    return [];
  }
}
