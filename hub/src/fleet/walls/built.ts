import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { addressOf } from '@counterpart/kit/http/hosts';
import {
  baseUrlName,
  BROKER_NAME,
  databaseUrlName,
  HANDED_NAME,
  parseDatabaseUrl,
  type DatabaseAddress,
  GRANTS_NAME,
} from '@counterpart/kit/settings';
import { type Blueprint, hubError, type Manifest, type ServerOverride } from '@counterpart/schemas';
import { newStandIn } from '../../broker/credentials/stand-ins.ts';
import type { HostRule, SandboxJob } from '../../kernel/ports.ts';
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
  /** Its requests may do nothing but read. */
  readonly onlyReads?: boolean | undefined;
}

const hostOf = (url: string): string[] => (URL.canParse(url) ? [addressOf(url).host] : []);

/** Hosts that a server may reach: its manifest's, those its owner allows, and where the owner says that its service is; and those it is denied. Pure. */
export function hostRules({ manifest, override, env, mirrorUrl }: Inmate): HostRule[] {
  const base = env[baseUrlName(manifest.id)];
  if (override?.target === 'mirror') {
    // Behind the same address is the hub itself.
    return hostOf(mirrorUrl).map((entry) => ({ entry, by: 'owner', path: new URL(mirrorUrl).pathname }));
  }
  return [
    ...(override?.permissions?.deny?.net ?? []).map((entry): HostRule => ({
      entry,
      by: 'owner',
      denied: true,
    })),
    ...manifest.permissions.net.map((entry): HostRule => ({ entry, by: 'manifest' })),
    ...(override?.network?.allow ?? []).map((entry): HostRule => ({ entry, by: 'owner' })),
    ...(base === undefined ? [] : hostOf(base)).map((entry): HostRule => ({ entry, by: 'owner' })),
    ...databaseHosts({ manifest, env }).map((entry): HostRule => ({ entry, by: 'owner' })),
  ];
}

/** What a server is told, and how. */
export interface Told {
  /** What anybody may read. */
  readonly env: Environment;
  /** Texts that stand in for secrets that no scheme of its blueprint adds. */
  readonly standIns: ReadonlyMap<string, string>;
  /** Secrets of a protocol that the broker does not speak: they are given to the process itself. */
  readonly handed: Environment;
}

/** What a server sees of its environment, what stands in for its secrets, and those it must know. Pure but for chance. */
export function insideEnvironment({ manifest, env }: Pick<Inmate, 'manifest' | 'env'>): Told {
  const secrets = new Map(manifest.secrets.map((slot) => [slot.name, slot]));
  const settings = new Set([
    ...manifest.config.map(({ name }) => name),
    ...(manifest.hooks ?? []).map(({ setting }) => setting),
  ]);
  const standIns = new Map<string, string>();
  const database = databaseUrlName(manifest.id);
  const isFile = parseDatabaseUrl(env[database] ?? '')?.file !== undefined;
  const handed = env[database] === undefined || isFile ? {} : { [database]: env[database] };
  const seen = Object.entries(env).flatMap(([name, value]): (readonly [string, string])[] => {
    const slot = secrets.get(name);
    if (name === database) return isFile ? [[name, value]] : [];
    if (slot !== undefined) {
      if (slot.scheme !== undefined) return [];
      const standIn = newStandIn(name);
      standIns.set(standIn, value);
      return [[name, standIn]];
    }
    return settings.has(name) || !(namesSecret(name) || name === GRANTS_NAME) ? [[name, value]] : [];
  });
  return { env: Object.fromEntries(seen), standIns, handed };
}

const databaseOf = ({ manifest, env }: Pick<Inmate, 'manifest' | 'env'>): DatabaseAddress | undefined =>
  parseDatabaseUrl(env[databaseUrlName(manifest.id)] ?? '');

/** Host and port of a database that is spoken to over the network, through a tunnel of the broker. Pure. */
const databaseHosts = (inmate: Pick<Inmate, 'manifest' | 'env'>): string[] =>
  [databaseOf(inmate)?.host].filter((host) => host !== undefined);

/** Options of a connection string that name files of certificates. */
const CERTIFICATES = ['sslrootcert', 'sslcert', 'sslkey'];

/** Files that speaking to a database takes: an SQLite file, certificates. Throws WALLS_UNFIT for one behind a Unix socket. */
export function databaseFiles(inmate: Pick<Inmate, 'manifest' | 'env'>): string[] {
  const database = databaseOf(inmate);
  if (database === undefined) return [];
  if (database.file !== undefined) return withJournals(database.file);
  if (database.host !== undefined && database.url !== undefined) {
    const { searchParams } = new URL(database.url);
    return CERTIFICATES.flatMap((option) => searchParams.get(option) ?? []);
  }
  const reason = `it asks ${database.shown} over a Unix socket, which stays outside`;
  throw hubError('WALLS_UNFIT', { server: inmate.manifest.id, reason });
}

/** What SQLite keeps beside a file while it is being written elsewhere. */
const withJournals = (file: string): string[] => [file, `${file}-wal`, `${file}-shm`];

/** Files that a server reads, where they are. Throws WALLS_UNFIT. */
function dataFiles(inmate: Inmate): string[] {
  const { manifest, directory, env } = inmate;
  const settings = [
    ...manifest.config.map(({ name }) => name),
    ...(manifest.hooks ?? []).map(({ setting }) => setting),
  ];
  const named = settings.filter((name) => name.endsWith('_SOURCE')).flatMap((name) => env[name] ?? []);
  return [...manifest.permissions.files, ...named, ...databaseFiles(inmate)]
    .filter((file) => !/^https?:/i.test(file))
    .map((file) => resolve(directory, file));
}

/** Reading a large file makes nothing but short-lived objects: with the usual share for these Node takes as much as is allowed. */
const YOUNG_SPACE = '--max-semi-space-size=8';

/** Opens a server's way out and says how its processes are made. Rejects with DATA_UNWRITABLE; a missing sandbox is told at its start. */
export async function wallIn(walls: Walls, inmate: Inmate): Promise<Walled> {
  const { manifest, directory, entry } = inmate;
  const { env, standIns, handed } = insideEnvironment(inmate);
  let blueprint: Promise<Blueprint | undefined> | undefined;
  const door = await walls.broker.open({
    id: manifest.id,
    rules: hostRules(inmate),
    blueprint: () => (blueprint ??= readBlueprint(inmate.packageDir, manifest)),
    env: inmate.env,
    limits: limitsOf(inmate.override?.network),
    standIns,
    tunnels: databaseHosts(inmate),
    onlyReads: inmate.onlyReads,
  });
  const job = (further: Environment): SandboxJob => {
    const own = new Set([directory, inmate.packageDir, ...inmate.folders]);
    const shown = [...own, ...dataFiles(inmate)].filter((path) => existsSync(path));
    return {
      profile: 'serve',
      folders: [...shown.map((path) => ({ from: path, to: path })), doorFolder(door)],
      args: [YOUNG_SPACE, entry],
      env: { ...env, ...further, [BROKER_NAME]: `${DOOR_INSIDE}/${door.socketName}` },
      cwd: directory,
    };
  };
  const handing = (): Environment =>
    Object.keys(handed).length === 0 ? {} : { [HANDED_NAME]: door.hand(handed) };
  const berth = walls.berth(manifest.id, () => job({}));
  return {
    openBox: async (further) => await berth.open(job({ ...further, ...handing() })),
    problem: door.problem,
    uses: door.uses,
    async release() {
      await berth.release();
      await door.close();
    },
  };
}

async function readBlueprint(directory: string, { blueprint }: Manifest): Promise<Blueprint | undefined> {
  if (blueprint === undefined) return undefined;
  const parsed: unknown = JSON.parse(await readFile(join(directory, blueprint.path), 'utf8'));
  const contracts = await import('@counterpart/schemas/blueprint/blueprint');
  return contracts.Blueprint.parse(parsed);
}
