import { readFileSync } from 'node:fs';
import { cellName, type Cell } from './cells.ts';

/** A behaviour the hub does not yet have in some cells, and why. */
interface Expected {
  readonly behaviour: string;
  /** Pattern of cell names, `*` for any text. */
  readonly cells: string;
  readonly why: string;
}

/** Lines of `behaviour cells why`; a probe that is listed must fail, so that the list only ever shrinks. */
const EXPECTED: readonly Expected[] = readFileSync(new URL('expected-failures.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => {
    const [behaviour = '', cells = '', ...why] = line.split(/\s+/);
    return { behaviour, cells, why: why.join(' ') };
  });

const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);

/** Why a behaviour is known to fail in a cell; undefined when it must not. */
export const expectedFailure = (behaviour: string, cell: Cell): string | undefined =>
  EXPECTED.find((one) => one.behaviour === behaviour && matches(one.cells, cellName(cell)))?.why;

/** Behaviours named in the list, for the test that each of them exists. */
export const expectedBehaviours: readonly string[] = EXPECTED.map(({ behaviour }) => behaviour);
