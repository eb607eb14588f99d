import type { JobOutput } from '../../../sandbox/run-job.ts';
import type { Sandbox, SandboxJob } from '../../../kernel/ports.ts';

/** Runs a job behind the walls; the room of sandboxes is loaded with the first. */
export async function runInside(sandbox: Sandbox, job: SandboxJob, signal: AbortSignal): Promise<JobOutput> {
  const { runJob } = await import('../../../sandbox/run-job.ts');
  return await runJob(sandbox, job, { signal });
}
