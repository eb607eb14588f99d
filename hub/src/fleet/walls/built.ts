import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  addressOf,
  baseUrlName,
  BROKER_NAME,
  databaseUrlName,
  parseDatabaseUrl,
} from '@counterpart/kit/broker';
import { GRANTS_NAME } from '@counterpart/kit/settings';
import { Blueprint, hubError, type Manifest, type ServerOverride } from '@counterpart/schemas';
import { newStandIn } from '../../broker/credentials/stand-ins.ts';
import type { HostRule } from '../../kernel/ports.ts';
import { namesSecret, type Environment } from '../environment.ts';
import { doorFolder, DOOR_INSIDE, limitsOf, type Walled, type Walls } from './walls.ts';

/** A built server that is to run inside. */
export interface Inmate {
  readonly manifest: Manifest;
  readonly override: ServerOverride | undefined;
  readonly directory: string;
  /** Where its blueprint is read: which credentials the broker adds is nothing that a later edit decides. */
  readonly packageDir: string;
  /** Absolute. */
  readonly entry: string;
  /** As it would be outside, secrets and all. */
  readonly env: Environment;
  readonly mirrorUrl: string;
  /** Further folders it may read. */
  readonly folders: readonly string[];
}

const hostOf = (url: string): string[] => (URL.canParse(url) ? [addressOf(url).host] : []);

/** Hosts that a server may reach: its manifest's, those its owner allows, and where the owner says that its service is. Pure. */
export function hostRules({ manifest, override, env, mirrorUrl }: Inmate): HostRule[] {
  const base = env[baseUrlName(manifest.id)];
  if (override?.target === 'mirror') {
    // Behind the same address is the hub itself.
    return hostOf(mirrorUrl).map((entry) => ({ entry, by: 'owner', path: new URL(mirrorUrl).pathname }));
  }
  return [
    ...manifest.permissions.net.map((entry): HostRule => ({ entry, by: 'manifest' })),
    ...(override?.network?.allow ?? []).map((entry): HostRule => ({ entry, by: 'owner' })),
    ...(base === undefined ? [] : hostOf(base)).map((entry): HostRule => ({ entry, by: 'owner' })),
  ];
}

/** What a server sees of its environment, and the texts that stand in for secrets that no scheme of its blueprint adds. Pure but for chance. */
export function insideEnvironment({ manifest, env }: Pick<Inmate, 'manifest' | 'env'>): {
  readonly env: Environment;
  readonly standIns: ReadonlyMap<string, string>;
} {
  const secrets = new Map(manifest.secrets.map((slot) => [slot.name, slot]));
  const settings = new Set([
    ...manifest.config.map(({ name }) => name),
    ...(manifest.hooks ?? []).map(({ setting }) => setting),
  ]);
  const standIns = new Map<string, string>();
  const seen = Object.entries(env).flatMap(([name, value]): (readonly [string, string])[] => {
    const slot = secrets.get(name);
    // The address of a file, with no secret in it: the others are refused.
    if (name === databaseUrlName(manifest.id)) return [[name, value]];
    if (slot !== undefined) {
      if (slot.scheme !== undefined) return [];
      const standIn = newStandIn(name);
      standIns.set(standIn, value);
      return [[name, standIn]];
    }
    return settings.has(name) || !(namesSecret(name) || name === GRANTS_NAME) ? [[name, value]] : [];
  });
  return { env: Object.fromEntries(seen), standIns };
}

/** The file of an SQLite database; the broker relays no other protocol of databases. Throws WALLS_UNFIT. */
export function databaseFile({ manifest, env }: Pick<Inmate, 'manifest' | 'env'>): string | undefined {
  const database = parseDatabaseUrl(env[databaseUrlName(manifest.id)] ?? '');
  if (database === undefined || database.file !== undefined) return database?.file;
  const reason = `it asks ${database.shown}, whose protocol the broker does not relay and whose password it would have to know`;
  throw hubError('WALLS_UNFIT', { server: manifest.id, reason });
}

/** What SQLite keeps beside a file while it is being written elsewhere. */
const withJournals = (file: string): string[] => [file, `${file}-wal`, `${file}-shm`];

/** Files that a server reads, where they are. Throws WALLS_UNFIT. */
function dataFiles(inmate: Inmate): string[] {
  const { manifest, directory, env } = inmate;
  const database = databaseFile(inmate);
  const settings = [
    ...manifest.config.map(({ name }) => name),
    ...(manifest.hooks ?? []).map(({ setting }) => setting),
  ];
  const named = settings.filter((name) => name.endsWith('_SOURCE')).flatMap((name) => env[name] ?? []);
  return [...manifest.permissions.files, ...named, ...(database === undefined ? [] : withJournals(database))]
    .filter((file) => !/^https?:/i.test(file))
    .map((file) => resolve(directory, file));
}

/** Opens a server's way out and says how its processes are made. Rejects with DATA_UNWRITABLE; a missing sandbox is told at its start. */
export async function wallIn(walls: Walls, inmate: Inmate): Promise<Walled> {
  const { manifest, directory, entry } = inmate;
  const { env, standIns } = insideEnvironment(inmate);
  let blueprint: Promise<Blueprint | undefined> | undefined;
  const door = await walls.broker.open({
    id: manifest.id,
    rules: hostRules(inmate),
    blueprint: () => (blueprint ??= readBlueprint(inmate.packageDir, manifest)),
    env: inmate.env,
    limits: limitsOf(inmate.override?.network),
    standIns,
  });
  return {
    async openBox(further) {
      const files = dataFiles(inmate);
      const sandbox = await walls.sandbox(manifest.id);
      const shown = [directory, ...inmate.folders, ...files].filter((path) => existsSync(path));
      return await sandbox.open({
        profile: 'serve',
        folders: [...shown.map((path) => ({ from: path, to: path })), doorFolder(door)],
        args: [entry],
        env: { ...env, ...further, [BROKER_NAME]: `${DOOR_INSIDE}/${door.socketName}` },
        cwd: directory,
      });
    },
    problem: door.problem,
    uses: door.uses,
    release: () => door.close(),
  };
}

async function readBlueprint(directory: string, { blueprint }: Manifest): Promise<Blueprint | undefined> {
  if (blueprint === undefined) return undefined;
  const parsed: unknown = JSON.parse(await readFile(join(directory, blueprint.path), 'utf8'));
  return Blueprint.parse(parsed);
}
