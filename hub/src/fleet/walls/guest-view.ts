import { basename, delimiter, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** What is asked of the file system. */
export interface Files {
  /** Symbolic links followed; undefined: there is nothing. */
  kindOf(path: string): 'file' | 'folder' | undefined;
  /** The path without symbolic links. */
  realOf(path: string): string;
}

/** A command as its owner wrote it. */
export interface GuestCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it would run outside, absolute. */
  readonly cwd: string;
  /** The owner named that folder, so that it is seen. */
  readonly isCwdNamed: boolean;
  /** Where programs are looked for. */
  readonly searchPath: string;
  /** Of the user: never shown as a whole. */
  readonly userHome: string;
  /** Of the hub's data: nothing that holds it is shown. */
  readonly hubData: string;
}

/** The command as it is started inside, and what it sees of the machine beyond its system. */
export interface GuestView {
  readonly command: string;
  readonly args: readonly string[];
  /** Undefined: the server's own folder. */
  readonly cwd: string | undefined;
  /** Absolute paths, read-only. */
  readonly shown: readonly string[];
}

const SYSTEM = /^\/(?:usr|bin|sbin|lib\w*)(?:\/|$)/;
const PROGRAM_TEXT = /\.(?:[cm]?[jt]s|py|pyz|rb|php|pl|lua|jar|sh)$/i;
/** A file of this name stands at the root of what belongs together. */
const PACKAGE_FILES = ['package.json', 'pyproject.toml', 'deno.json', 'Gemfile', 'composer.json'];

/** Whether a path is a folder or something below it. */
export const holds = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
};

/** Why a path may not be shown inside, as the rest of a sentence; undefined: it may. Pure. */
export function reasonToHide(
  path: string,
  { userHome, hubData }: Pick<GuestCommand, 'userHome' | 'hubData'>,
): string | undefined {
  if (holds(path, hubData) || holds(hubData, path)) return "the hub's own data is there";
  return holds(path, userHome) ? 'all that its user has is there' : undefined;
}

/** Folders above a path, the nearest first, up to the root. */
function above(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...above(folder)];
}

/** The smallest folder that a program needs around it, or the program alone. */
function packageOf(path: string, guest: GuestCommand, files: Files): string {
  const [outside = '', inside] = path.split(`${sep}node_modules${sep}`);
  const folders = above(path);
  const candidates = [
    ...folders.filter((one) => PACKAGE_FILES.some((name) => files.kindOf(join(one, name)) === 'file')),
    ...(inside === undefined ? [] : [join(outside, 'node_modules')]),
    // What `bin` stands in holds the libraries of an installation, unless it is a user's own mixed folder.
    ...(basename(dirname(path)) === 'bin' && !dirname(dirname(path)).endsWith(`${sep}.local`)
      ? [dirname(dirname(path))]
      : []),
    dirname(path),
  ];
  return candidates.find((one) => reasonToHide(one, guest) === undefined) ?? path;
}

/** The program's file: by its path, or the first of that name on the search path. Undefined: there is none. */
function programOf({ command, cwd, searchPath }: GuestCommand, files: Files): string | undefined {
  const places = command.includes('/')
    ? [resolve(cwd, command)]
    : searchPath.split(delimiter).map((folder) => join(folder, command));
  return places.find((place) => files.kindOf(place) === 'file');
}

/** An argument that names a file or a folder, as an absolute path. */
function pathIn(arg: string, { cwd }: GuestCommand, files: Files): string | undefined {
  const looksLikeOne = isAbsolute(arg) || /^\.{1,2}$|\//.test(arg) || PROGRAM_TEXT.test(arg);
  if (!looksLikeOne || arg.startsWith('-') || /^[a-z][a-z0-9+.-]*:\/\//i.test(arg)) return undefined;
  const path = resolve(cwd, arg);
  return files.kindOf(path) === undefined ? undefined : path;
}

function shownFor(path: string, guest: GuestCommand, files: Files): string[] {
  const real = files.realOf(path);
  const isProgram = PROGRAM_TEXT.test(path) && files.kindOf(path) === 'file';
  // A link is seen as what it leads to: nothing else of where it leads is.
  return isProgram ? [packageOf(path, guest, files), packageOf(real, guest, files)] : [path];
}

/**
 * How a command is started inside: its program with its installation, what its arguments name, and its folder if it has
 * one are seen; relative paths become absolute. Undefined: there is no such program. Pure but for `files`.
 */
export function guestView(guest: GuestCommand, files: Files): GuestView | undefined {
  const program = programOf(guest, files);
  if (program === undefined) return undefined;
  const real = files.realOf(program);
  const paths = guest.args.map((arg) => pathIn(arg, guest, files));
  const seen = [
    ...[program, real].map((path) => packageOf(path, guest, files)),
    ...paths.flatMap((path) => (path === undefined ? [] : shownFor(path, guest, files))),
    ...(guest.isCwdNamed ? [guest.cwd] : []),
  ].filter((path) => !SYSTEM.test(path));
  const outermost = seen.filter((path) => !seen.some((other) => other !== path && holds(other, path)));
  return {
    command: program,
    args: guest.args.map((arg, at) => paths[at] ?? arg),
    cwd: guest.isCwdNamed ? guest.cwd : undefined,
    shown: [...new Set(outermost)],
  };
}
