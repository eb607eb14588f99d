import type { SandboxJob, SandboxLimits, SandboxProfile } from '../kernel/ports.ts';

const MB = 1_048_576;

/** What code may use. A test run gets a compiler's share for a minute, a server in service a server's for ever. */
const PROFILES: Readonly<Record<SandboxProfile, SandboxLimits>> = {
  check: {
    memoryBytes: 512 * MB,
    cpus: 1,
    processes: 64,
    openFiles: 256,
    scratchBytes: 64 * MB,
    timeMs: 60_000,
  },
  serve: {
    memoryBytes: 256 * MB,
    cpus: 1,
    processes: 48,
    openFiles: 256,
    scratchBytes: 16 * MB,
    timeMs: 0,
  },
};

/** The limits of a job: its profile's, and its own before them. */
export const limitsOf = (job: SandboxJob): SandboxLimits => ({ ...PROFILES[job.profile], ...job.limits });

/** Set above the memory limit, so that the kernel is the judge and not the garbage collector's estimate. */
export const heapArgument = ({ memoryBytes }: SandboxLimits): string =>
  `--max-old-space-size=${Math.ceil(memoryBytes / MB)}`;
