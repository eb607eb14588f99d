import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from './proofs-reporter.ts';

/** One import, as a file of ours writes it. */
export interface ImportEdge {
  /** Relative to the repository, with forward slashes. */
  readonly from: string;
  /** A path of ours relative to the repository, or the name of a package. */
  readonly to: string;
  readonly kind: 'ours' | 'package';
  /** Only once it is needed: `import(…)`. */
  readonly isLate: boolean;
}

const PACKAGES: Readonly<Record<string, string>> = {
  '@counterpart/schemas': 'schemas/src/',
  '@counterpart/kit': 'scaffolds/kit/src/',
  '@counterpart/scaffolds': 'scaffolds/',
  '@counterpart/hub': 'hub/src/',
  '@counterpart/connect': 'clients/connect/',
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every import of the shipped code (not of tests), read as text so that types count as much as values. */
export function readImports(patterns: readonly string[]): ImportEdge[] {
  const files = globSync([...patterns], {
    cwd: ROOT,
    exclude: (path) => /node_modules|golden|dist/.test(path),
  });
  const shipped = files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/\.test\.ts$|\/testing\.ts$/.test(file));
  return shipped.sort().flatMap((from) => importsOf(from, readFileSync(`${ROOT}${from}`, 'utf8')));
}

/** The imports written in one file's text. Pure. */
export function importsOf(from: string, text: string): ImportEdge[] {
  return [...text.matchAll(IMPORT)].map(([, named, bare, late]) => ({
    ...toEdge(from, named ?? bare ?? late ?? ''),
    isLate: late !== undefined,
  }));
}

function toEdge(from: string, specifier: string): Omit<ImportEdge, 'isLate'> {
  if (specifier.startsWith('.'))
    return { from, to: normalize(join(dirname(from), specifier)).replaceAll('\\', '/'), kind: 'ours' };
  const [scope = '', name = ''] = specifier.split('/');
  const library = specifier.startsWith('@') ? `${scope}/${name}` : scope;
  const ours = PACKAGES[library];
  if (ours === undefined) return { from, to: library, kind: 'package' };
  const rest = specifier.slice(library.length + 1);
  return { from, to: `${ours}${rest === '' ? 'index' : rest}.ts`, kind: 'ours' };
}
