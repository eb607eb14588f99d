import { readdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

const MOST_FILES = 2_000;
const MOST_DEPTH = 12;
const SKIPPED = new Set(['node_modules', '__MACOSX']);

/** Names that an import can hold as they are. */
const PLAIN = /^[\w./ +@~-]+\.proto$/;

/** Paths of the .proto files of a folder and below, from there, without following links. */
export async function protoFilesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  let level: string[] = [''];
  for (let depth = 0; depth < MOST_DEPTH && level.length > 0 && found.length < MOST_FILES; depth += 1) {
    const held = await Promise.all(level.map((at) => listed(folder, at)));
    found.push(...held.flatMap(({ files }) => files));
    level = held.flatMap(({ folders }) => folders);
  }
  return protoFilesAmong(found);
}

async function listed(folder: string, at: string): Promise<{ files: string[]; folders: string[] }> {
  const entries = await readdir(join(folder, at), { withFileTypes: true });
  const pathOf = ({ name }: { readonly name: string }): string => (at === '' ? name : `${at}/${name}`);
  const isOpen = ({ name }: { readonly name: string }): boolean =>
    !name.startsWith('.') && !SKIPPED.has(name);
  return {
    files: entries.filter((entry) => entry.isFile()).map(pathOf),
    folders: entries.filter((entry) => entry.isDirectory() && isOpen(entry)).map(pathOf),
  };
}

/** Those of some paths that are .proto files. */
export const protoFilesAmong = (paths: Iterable<string>): string[] =>
  Array.from(paths)
    .filter((path) => PLAIN.test(path))
    .toSorted()
    .slice(0, MOST_FILES);

/** A file that stands for several: it imports each of them and defines nothing. */
export const importingAll = (paths: readonly string[]): string =>
  ['syntax = "proto3";', ...paths.map((path) => `import "${path}";`), ''].join('\n');

/** Packages are folders, by convention; more of them than this are not climbed. */
const MOST_STEPS = 8;

/**
 * The folder that the imports of a .proto file begin at: as far above it as its own package says, where the folders are
 * named so (`shop/v1/shop.proto` of package `shop.v1`); otherwise the folder it lies in.
 */
export function importRootOf(file: string, text: string): string {
  const [, packageName = ''] = /(?:^|[;}])\s*package\s+([\w.]+)\s*;/m.exec(text) ?? [];
  const steps = packageName === '' ? [] : packageName.split('.');
  const home = dirname(file);
  const folders = home.split(sep);
  const isSo =
    steps.length > 0 &&
    steps.length <= MOST_STEPS &&
    folders.length > steps.length &&
    steps.every((step, index) => folders[folders.length - steps.length + index] === step);
  const root = folders.slice(0, folders.length - steps.length).join(sep);
  return isSo && root !== '' ? root : home;
}
