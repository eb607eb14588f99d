import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';

/** Where a client finds its part of a hub. */
interface HubPlace {
  /** Of the endpoint. */
  readonly url: string;
  /** Path of the hub's socket, where it has one. */
  readonly socket: string | undefined;
}

/** Carries MCP between two streams and the hub's endpoint until the input ends; lives outside the hub. */
export type RunShim = (
  options: HubPlace & {
    readonly token: string;
    readonly input: Readable;
    readonly output: Writable;
    readonly signal: AbortSignal;
    /** The hub is gone; resolves with where it is when it answers again. */
    readonly onLost: () => Promise<HubPlace>;
  },
) => Promise<void>;

/** The outside world of one command, handed in so that every screen can be tested without a process. */
export interface Io {
  readonly stdin: Readable;
  /** Results only: with `--json` exactly one JSON document, for `stdio` nothing but protocol. */
  readonly stdout: Writable;
  /** Progress, notes and errors. */
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** A person sits at both ends: questions may be asked. */
  readonly interactive: boolean;
  readonly colours: { readonly stdout: boolean; readonly stderr: boolean };
  /** Standard error is a terminal whose line can be rewritten. */
  readonly liveStderr: boolean;
  /** Columns of standard output; unlimited when it is no terminal. */
  readonly width: number;
  /** How the reader calls this program: `hub`, or `npx hub` where npm started it and it is on no path of theirs. */
  readonly program: string;
  readonly runShim: RunShim;
  /** Tells the program that started this one in the background; absent when none did. */
  readonly report?: ((message: object) => void) | undefined;
}

const USUAL_COLUMNS = 80;

/** The process's own streams. Colours need a terminal and no `NO_COLOR` (https://no-color.org). */
export function processIo(runShim: RunShim): Io {
  const { stdin, stdout, stderr, env } = process;
  const typed = isatty(0);
  const shown = isatty(1);
  const told = isatty(2);
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    stdin,
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    interactive: typed && shown,
    colours: { stdout: !plain && shown, stderr: !plain && told },
    liveStderr: told && env['TERM'] !== 'dumb',
    // A terminal that nobody told a size says that it has 0 columns.
    width: shown ? stdout.columns || USUAL_COLUMNS : Number.POSITIVE_INFINITY,
    program: env['npm_execpath'] === undefined ? 'hub' : 'npx hub',
    runShim,
    report: process.send === undefined ? undefined : (message) => void process.send?.(message),
  };
}
