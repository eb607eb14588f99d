import { chmodSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError, type CommandServer } from '@counterpart/schemas';
import type { SandboxFolder, SandboxJob, SandboxLimits } from '../../kernel/ports.ts';
import type { Environment } from '../environment.ts';
import { guestView, holds, reasonToHide, type Files, type GuestView } from './guest-view.ts';
import { doorFolder, DOOR_INSIDE, limitsOf, type Walled, type Walls } from './walls.ts';

/** Where a guest's own folder is seen inside; it is its home. */
const DATA_INSIDE = '/data';
/** Where the walls' own program is seen inside. */
const BRIDGE_INSIDE = '/run/counterpart/bridge.ts';
const BRIDGE = fileURLToPath(new URL('../../sandbox/bridge.ts', import.meta.url));
/** Nobody else listens there: a guest has a network of its own, with no one in it. */
const PROXY_PORT = 3128;
const PROXY = `http://127.0.0.1:${PROXY_PORT}`;

/** How programs are told of a proxy; Node's own clients look only when they are asked to. */
const PROXY_ENVIRONMENT: Environment = {
  HTTP_PROXY: PROXY,
  HTTPS_PROXY: PROXY,
  http_proxy: PROXY,
  https_proxy: PROXY,
  NODE_USE_ENV_PROXY: '1',
};

/** A third-party command that is to run inside. */
export interface Guest {
  readonly id: string;
  readonly entry: CommandServer;
  /** With references resolved. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** What relative paths of the configuration start from. */
  readonly home: string;
  /** The hub's data folder. */
  readonly hubData: string;
  readonly userHome: string;
}

const MB = 1_048_576;
/** More than a built server gets: package runners and interpreters start several programs. */
const LIMITS: Partial<SandboxLimits> = {
  memoryBytes: 512 * MB,
  processes: 128,
  openFiles: 1_024,
  scratchBytes: 64 * MB,
};

const present = (path: string) => statSync(path, { throwIfNoEntry: false });
/** The files of this machine, as a guest's owner may show them to it. `realOf` throws WALLS_FILE_REFUSED. */
const filesFor = (guest: Guest): Files => ({
  kindOf: (path) => {
    const found = present(path);
    if (found === undefined) return undefined;
    return found.isDirectory() ? 'folder' : 'file';
  },
  realOf: (path) => (existsSync(path) ? realOf(guest, path) : path),
});

/** Folder that a walled command keeps its data in, across restarts. */
export const guestData = (hubData: string, id: string): string => join(hubData, 'guests', id);

function refused(id: string, path: string, reason: string) {
  return hubError('WALLS_FILE_REFUSED', { server: id, path, reason });
}

const filesOf = ({ entry, home }: Guest): { readonly path: string; readonly write: boolean }[] =>
  (entry.files ?? []).map((one) => {
    const { path, write } = typeof one === 'string' ? { path: one, write: false } : one;
    return { path: resolve(home, path), write };
  });

/**
 * A path without links. Throws WALLS_FILE_REFUSED for one below a folder in which the guest may write, when it leads out of
 * that: a link of the guest's own making would open to it, at its next start, whatever the hub's user may read.
 */
function realOf(guest: Guest, path: string): string {
  const real = realpathSync(path);
  const folder = filesOf(guest).find(
    (one) => one.write && one.path !== path && holds(one.path, path) && !holds(realpathSync(one.path), real),
  );
  if (folder !== undefined)
    throw refused(guest.id, path, `it leads out of ${folder.path}, where the server may make links`);
  return real;
}

/** What its owner shows it beside its program. Throws WALLS_FILE_REFUSED. */
function declaredFolders(guest: Guest): SandboxFolder[] {
  const { id, hubData, userHome } = guest;
  return filesOf(guest).map(({ path, write }) => {
    if (present(path) === undefined) throw refused(id, path, 'there is no such file');
    const real = realOf(guest, path);
    const reason = reasonToHide(path, { userHome, hubData }) ?? reasonToHide(real, { userHome, hubData });
    if (reason !== undefined) throw refused(id, path, reason);
    return { from: real, to: path, writable: write };
  });
}

/** Its command as it is inside. Throws WALLS_FILE_REFUSED, SERVER_START_FAILED. */
function viewOf(guest: Guest): GuestView {
  const { id, entry, command, env, hubData, userHome } = guest;
  const view = guestView(
    { ...guest, isCwdNamed: entry.cwd !== undefined, searchPath: env['PATH'] ?? '', hubData, userHome },
    filesFor(guest),
  );
  if (view === undefined)
    throw hubError('SERVER_START_FAILED', { server: id, detail: `there is no program "${command}"` });
  for (const path of view.shown) {
    const reason = reasonToHide(path, { userHome, hubData });
    if (reason !== undefined) throw refused(id, path, reason);
  }
  return view;
}

/** Only the hub's user gets as far as this folder, in which whoever the guest is inside may write. */
function ownFolder({ id, hubData }: Guest): SandboxFolder {
  const folder = guestData(hubData, id);
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  return { from: folder, to: DATA_INSIDE, writable: true };
}

function jobLimits({ limits = {} }: CommandServer): Partial<SandboxLimits> {
  const { memoryMb, cpus, processes } = limits;
  return {
    ...LIMITS,
    ...(memoryMb === undefined ? {} : { memoryBytes: memoryMb * MB }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(processes === undefined ? {} : { processes }),
  };
}

/** Settings that only walls give a meaning. Throws WALLS_UNUSED where there are none. */
export function assertWallsFor(id: string, entry: CommandServer): void {
  if (entry.walls === 'sandbox') return;
  for (const member of ['network', 'files', 'limits'] as const)
    if (entry[member] !== undefined) throw hubError('WALLS_UNUSED', { server: id, member });
}

/**
 * Opens a command's way out, a proxy that lets through to the hosts its owner names, and says how its processes are made.
 * Rejects with WALLS_FILE_REFUSED, DATA_UNWRITABLE; a missing sandbox or program is told at its start.
 */
export async function wallInGuest(walls: Walls, guest: Guest): Promise<Walled> {
  const { id, entry } = guest;
  // What cannot be shown is told now; at each start it is judged anew.
  declaredFolders(guest);
  const door = await walls.broker.open({
    id,
    rules: (entry.network?.allow ?? []).map((host) => ({ entry: host, by: 'owner' })),
    blueprint: async () => undefined,
    env: {},
    limits: limitsOf(entry.network),
    standIns: new Map(),
    tunnels: 'all',
  });
  const job = (further: Environment): SandboxJob => {
    const view = viewOf(guest);
    const declared = declaredFolders(guest);
    // A folder in which its program stands may be one that it was given to write in: it is there once.
    const shown = view.shown.filter((path) => declared.every(({ to }) => to !== path));
    return {
      profile: 'serve',
      limits: jobLimits(entry),
      system: true,
      folders: [
        ...shown.map((path) => ({ from: realOf(guest, path), to: path })),
        ...declared,
        ownFolder(guest),
        doorFolder(door),
        { from: BRIDGE, to: BRIDGE_INSIDE },
      ],
      args: [
        BRIDGE_INSIDE,
        `${DOOR_INSIDE}/${door.socketName}`,
        String(PROXY_PORT),
        view.command,
        ...view.args,
      ],
      env: { ...PROXY_ENVIRONMENT, HOME: DATA_INSIDE, TMPDIR: '/tmp', ...guest.env, ...further },
      cwd: view.cwd ?? DATA_INSIDE,
    };
  };
  const berth = walls.berth(id, () => job({}));
  return {
    openBox: async (further) => await berth.open(job(further)),
    problem: door.problem,
    uses: door.uses,
    async release() {
      await berth.release();
      await door.close();
    },
  };
}
