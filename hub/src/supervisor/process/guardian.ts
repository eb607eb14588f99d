import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from '../../kernel/log.ts';
import { MARKER_VARIABLE } from './process-table.ts';

/**
 * Reads `+ <group>` and `- <group>` lines. At the end of input, which also a hub killed with SIGKILL leaves behind, it ends
 * the groups still listed (TERM, then KILL after a second) and every process that carries a marker of this hub.
 */
const SCRIPT = `
[ -n "$1" ] || exit 2
trap '' HUP INT TERM
groups=' '
while read -r op group; do
  case $op in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
alive() {
  for group in $groups; do kill -0 "-$group" && return 0; done
  return 1
}
exec 2>/dev/null
for group in $groups; do kill -TERM "-$group"; done
turns=0
while alive && [ $turns -lt 10 ]; do sleep 0.1 || sleep 1; turns=$((turns + 1)); done
for group in $groups; do kill -KILL "-$group"; done
turns=0
while [ $turns -lt 5 ]; do
  found=
  for file in $(grep -lsF "${MARKER_VARIABLE}=$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}" && found=1
  done
  [ -n "$found" ] || exit 0
  turns=$((turns + 1))
done
`;

/** Starts that may fail before the hub goes on without a guardian. */
const MOST_STARTS = 5;

/** A tiny shell that outlives this process just long enough to end what it left running. */
export class Guardian {
  readonly #prefix: string;
  readonly #log: Logger;
  readonly #groups = new Set<number>();
  #shell: ChildProcess | undefined;
  #starts = 0;
  #closed = false;

  /** `prefix` begins the marker of every process of this hub. */
  constructor(prefix: string, log: Logger) {
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Makes sure that it runs; cheap when it does. To be called before a process is made. */
  ensure(): void {
    if (this.#shell || this.#closed || this.#starts >= MOST_STARTS || process.platform === 'win32') return;
    this.#starts += 1;
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'counterpart-guardian', this.#prefix], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell = shell;
    const lost = (reason: unknown) => {
      if (this.#shell !== shell) return;
      this.#shell = undefined;
      if (this.#closed) return;
      this.#log.warn({ reason }, 'the guardian of processes ended');
      if (this.#groups.size > 0) this.ensure();
    };
    shell.once('error', lost);
    shell.once('exit', lost);
    // It may be gone while a line is on its way; its end is handled above.
    shell.stdin?.on('error', () => undefined);
    shell.unref();
    for (const group of this.#groups) this.#tell(`+ ${group}`);
  }

  add(group: number): void {
    this.#groups.add(group);
    this.#tell(`+ ${group}`);
  }

  remove(group: number): void {
    this.#groups.delete(group);
    this.#tell(`- ${group}`);
  }

  /** Ends it, and with it whatever is still listed. */
  async close(): Promise<void> {
    this.#closed = true;
    const shell = this.#shell;
    if (!shell) return;
    const ended = once(shell, 'exit').catch(() => undefined);
    shell.ref();
    shell.stdin?.end();
    await ended;
  }

  #tell(line: string): void {
    this.#shell?.stdin?.write(`${line}\n`);
  }
}
