import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes: begun last, one of them would run alone at the end while the other core waits. */
const SLOW = [
  'gauntlet/gauntlet.test.ts',
  'fidelity/fidelity.test.ts',
  'specs-clients.test.ts',
  'hub-faults.test.ts',
  'approvals-quarantine.test.ts',
  'mirror-modes.test.ts',
  'cli-commands.test.ts',
  'differential.test.ts',
];

/** Begins with the slowest files; the others follow as usual. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = SLOW.findIndex((name) => moduleId.endsWith(name));
      return at < 0 ? SLOW.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
