import { join } from 'node:path';
import { type CounterpartError, hubError, type Manifest, needsOf, satisfies } from '@counterpart/schemas';
import { readManifest } from './keep.ts';
import { folderNames } from './kept.ts';
import type { VersionsAt } from './places.ts';

/** A server, as far as others depend on it. */
export interface Needing {
  /** Undefined for a server that is no package: then only the range `*` fits. */
  readonly version: string | undefined;
  /** Range by id of the server that is needed. */
  readonly needs: ReadonlyMap<string, string>;
}

type Servers = ReadonlyMap<string, Needing>;

/** A circle of dependencies that begins and ends with `id`; undefined when there is none. */
export function findCircle(
  id: string,
  dependsOn: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const follow = (path: readonly string[]): readonly string[] | undefined => {
    for (const next of dependsOn.get(path.at(-1) ?? '') ?? []) {
      if (next === id) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const circle = follow([...path, next]);
      if (circle) return circle;
    }
    return undefined;
  };
  return follow([id]);
}

/** Why a server cannot be used beside the others: a server that it needs is missing, of another version, or needs it. Pure. */
export function dependencyProblem(id: string, servers: Servers): CounterpartError | undefined {
  for (const [needed, range] of servers.get(id)?.needs ?? []) {
    const found = servers.get(needed);
    if (found === undefined) return hubError('DEPENDENCY_MISSING', { server: id, needed, range });
    if (!fits(found, range)) {
      const version = found.version ?? 'no version that is known';
      return hubError('DEPENDENCY_VERSION', { server: id, needed, range, version });
    }
  }
  const circle = findCircle(id, new Map([...servers].map(([each, { needs }]) => [each, [...needs.keys()]])));
  return circle && hubError('DEPENDENCY_CIRCLE', { circle: circle.join(' → ') });
}

const fits = ({ version }: Needing, range: string): boolean =>
  range === '*' || (version !== undefined && satisfies(version, range));

/** Why one version cannot take the place of another: somebody needs one in a range that it is not in. Pure. */
export function replacementProblem(
  id: string,
  version: string,
  servers: Servers,
): CounterpartError | undefined {
  const broken = neededBy(id, servers).filter(({ range }) => !fits({ version, needs: new Map() }, range));
  if (broken.length === 0) return undefined;
  return hubError('DEPENDENCY_NEEDED', {
    server: `${id} ${version}`,
    detail: `does not fit ${inWords(broken)}`,
  });
}

/** Why a server cannot be removed. Pure. */
export function removalProblem(id: string, servers: Servers): CounterpartError | undefined {
  const needing = neededBy(id, servers);
  if (needing.length === 0) return undefined;
  return hubError('DEPENDENCY_NEEDED', { server: id, detail: `is needed by ${inWords(needing)}` });
}

interface Need {
  readonly by: string;
  readonly range: string;
}

const inWords = (needs: readonly Need[]): string =>
  needs.map(({ by, range }) => (range === '*' ? by : `${by}, which needs ${range}`)).join('; ');

function neededBy(id: string, servers: Servers): Need[] {
  return [...servers].flatMap(([by, { needs }]) => {
    const range = by === id ? undefined : needs.get(id);
    return range === undefined ? [] : [{ by, range }];
  });
}

/** All servers as they stand: packages of the servers folder, and those that the configuration names. */
export async function readNeeds(
  at: Pick<VersionsAt, 'serversDir' | 'thirdParty'>,
): Promise<Map<string, Needing>> {
  const servers = new Map<string, Needing>(
    at.thirdParty.map((id) => [id, { version: undefined, needs: new Map() }]),
  );
  for (const name of folderNames(at.serversDir)) {
    if (name.startsWith('.')) continue;
    const manifest = await readManifest(join(at.serversDir, name)).catch(() => undefined);
    if (manifest) servers.set(manifest.id, needingOf(manifest));
  }
  return servers;
}

/** A package, as far as others depend on it. */
export const needingOf = (manifest: Manifest): Needing => ({
  version: manifest.version,
  needs: needsOf(manifest),
});

/** Holds a package that is to be used against all others. Throws DEPENDENCY_MISSING, _VERSION, _NEEDED or _CIRCLE. */
export async function assertFits(dir: string, at: VersionsAt): Promise<void> {
  const manifest = await readManifest(dir);
  const servers = await readNeeds(at);
  const replaced = replacementProblem(manifest.id, manifest.version, servers);
  const problem = replaced ?? dependencyProblem(manifest.id, servers.set(manifest.id, needingOf(manifest)));
  if (problem) throw problem;
}
