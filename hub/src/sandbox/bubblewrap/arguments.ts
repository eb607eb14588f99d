import { existsSync } from 'node:fs';
import type { SandboxJob, SandboxLimits } from '../../kernel/ports.ts';
import { heapArgument } from '../limits.ts';
import { rootOf } from '../job-root.ts';
import type { NodeFiles } from '../node-files.ts';

/** Of `nobody` on Linux. */
const NOBODY = '65534';
/**
 * Files of the kernel that a hub running as root owns, inside too. What can be set there reaches the whole machine
 * (`core_pattern` names a program that runs as root), so none of it may be written, and what tells of memory not read.
 */
const READ_ONLY_PROC = ['bus', 'fs', 'irq', 'mtrr', 'sys', 'sysrq-trigger'];
const HIDDEN_PROC = ['kcore', 'key-users', 'keys', 'kmsg', 'latency_stats', 'sched_debug', 'timer_list'];

const guardProc = (): string => {
  const here = (name: string) => existsSync(`/proc/${name}`);
  const closed = READ_ONLY_PROC.filter(here).map((name) => `--ro-bind /proc/${name} /proc/${name}`);
  const hidden = HIDDEN_PROC.filter(here).map((name) => `--ro-bind /dev/null /proc/${name}`);
  return [...closed, ...hidden].join(' ');
};

/** The descriptor that bubblewrap reads the filter from. */
const SECCOMP_FD = 3;

/**
 * The walls as bubblewrap's arguments, and the command inside. The root is empty but for Node, its libraries and the
 * job's folders, read-only unless said otherwise; every namespace is the job's own, so that there is no network and no other process.
 */
export function bubblewrapArguments(
  job: SandboxJob,
  limits: SandboxLimits,
  files: NodeFiles,
  hasFilter: boolean,
): string[] {
  const { node, binds } = rootOf(job, files);
  return `
    --unshare-all --unshare-user --disable-userns --die-with-parent --new-session
    --uid ${NOBODY} --gid ${NOBODY} --hostname sandbox --cap-drop ALL
    ${hasFilter ? `--seccomp ${SECCOMP_FD}` : ''}
    --proc /proc ${guardProc()} --dev /dev
    --perms 1777 --size ${limits.scratchBytes} --tmpfs /tmp
    --perms 1777 --size ${limits.scratchBytes} --tmpfs /dev/shm`
    .split(/\s+/)
    .filter(Boolean)
    .concat(
      binds.flatMap(({ from, to, writable }) => [writable === true ? '--bind' : '--ro-bind', from, to]),
      // The places that bubblewrap made for the binds are writable until now, and have no bound.
      [
        '--remount-ro',
        '/',
        '--remount-ro',
        '/dev',
        '--chdir',
        job.cwd ?? '/tmp',
        '--',
        node,
        heapArgument(limits),
      ],
      job.args,
    );
}
