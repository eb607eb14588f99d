import { globSync, readFileSync } from 'node:fs';
import { requirementGroups, requirements } from '../requirements.ts';
import { readProofs, ROOT, type ProofRecord } from './proofs-reporter.ts';

/** A place in a test that cites requirements. */
export interface Citation {
  readonly file: string;
  readonly ids: readonly string[];
}

/** Every `verifies(…)` of the test files, read as text: a test that did not run cannot report its own citation. */
export function citations(): Citation[] {
  const files = globSync(
    ['test/**/*.test.ts', 'servers/*/test/**/*.test.ts', 'hub/**/*.test.ts', 'scaffolds/**/*.test.ts'],
    {
      cwd: ROOT,
      exclude: (path) => path.includes('node_modules') || path.includes('golden'),
    },
  );
  return files.sort().flatMap((file) => {
    const text = readFileSync(`${ROOT}${file}`, 'utf8');
    const calls = [...text.matchAll(/\bverifies\(([^)]*)\)/g)].map(([, list = '']) =>
      [...list.matchAll(/['"]([A-Z]\d+)['"]/g)].map(([, id = '']) => id),
    );
    const ids = calls.flat();
    return ids.length === 0 ? [] : [{ file, ids }];
  });
}

export interface Report {
  readonly lines: readonly string[];
  readonly faults: readonly string[];
}

/** Which requirements are proven, by which test. A line is proven when every test that cites it ran and passed. Pure. */
export function toReport(cited: readonly Citation[], proofs: readonly ProofRecord[]): Report {
  const faults: string[] = [];
  for (const { file, ids } of cited) {
    for (const id of new Set(ids)) {
      if (!(id in requirements)) faults.push(`${file} cites ${id}, which does not exist`);
      else if (!proofs.some((proof) => proof.file === file && proof.ids.includes(id)))
        faults.push(`${file} cites ${id}, but did not run`);
    }
  }
  for (const proof of proofs) {
    if (proof.state !== 'passed')
      faults.push(`${proof.file}: "${proof.test}" cites ${proof.ids.join(', ')}, but is ${proof.state}`);
  }
  const proven = (id: string) => {
    const tests = proofs.filter(({ ids }) => ids.includes(id));
    return tests.length > 0 && tests.every(({ state }) => state === 'passed') ? tests : [];
  };
  const ids = Object.keys(requirements);
  const lines = Object.entries(requirementGroups).flatMap(([group, title]) => [
    '',
    `${group}. ${title}`,
    ...ids.filter((id) => id.startsWith(group)).map((id) => lineOf(id, proven(id))),
  ]);
  const count = ids.filter((id) => proven(id).length > 0).length;
  return { lines: [...lines.slice(1), '', `proven ${count} of ${ids.length}`], faults };
}

function lineOf(id: string, proofs: readonly ProofRecord[]): string {
  const text = Object.entries(requirements).find(([key]) => key === id)?.[1] ?? '';
  const by =
    proofs.length === 0 ? 'unproven' : `proven by ${[...new Set(proofs.map(({ file }) => file))].join(', ')}`;
  return `  ${id}  ${text.slice(0, 90)}  [${by}]`;
}

/** `npm run requirements`: prints the report; the exit code is 1 when a citation has no passed test behind it. */
function main(): void {
  const { lines, faults } = toReport(citations(), readProofs());
  const [last = '', ...rest] = lines.toReversed();
  process.stdout.write(`${rest.toReversed().join('\n')}\n`);
  for (const fault of faults) process.stdout.write(`  ! ${fault}\n`);
  process.stdout.write(`${last}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

if (import.meta.main) main();
