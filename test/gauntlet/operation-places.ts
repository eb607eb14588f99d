import { readFileSync } from 'node:fs';
import type { Operation } from '@counterpart/schemas';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { parse } from 'yaml';
import type { OperationPlace } from './referee/slice.ts';
import { isTree, type Tree } from './referee/tree.ts';

/** Round by round one of each method, at most `most`, in an order that is any but always the same. */
export function choose(operations: readonly Operation[], most: number | undefined): readonly Operation[] {
  if (most === undefined || most >= operations.length) return operations;
  const ranked = operations.toSorted((a, b) => (hashJson(a.name) < hashJson(b.name) ? -1 : 1));
  const byMethod = Map.groupBy(ranked, ({ http }) => http.method);
  const rounds = ranked.map((_, round) => [...byMethod.values()].flatMap((of) => of[round] ?? []));
  return rounds.flat().slice(0, most);
}

/** A description as a public parser reads it: no judge is given what our reader made. */
export function parseTree(file: string): Tree {
  const text = readFileSync(file, 'utf8');
  const root: unknown = /^\s*\{/.test(text) ? JSON.parse(text) : parse(text, { maxAliasCount: -1 });
  return isTree(root) ? root : {};
}

/** Where an operation stands in its description, by the pointer that the reader kept. */
export function placeOf({ source }: Operation): OperationPlace {
  const [, , path = '', method = ''] = source.pointer.split('/');
  return { path: decodeURIComponent(path).replaceAll('~1', '/').replaceAll('~0', '~'), method };
}
