import type { Readable } from 'node:stream';
import type { Sandbox, SandboxEnd, SandboxJob } from '../kernel/ports.ts';

export interface JobOutput {
  readonly end: SandboxEnd;
  readonly stdout: string;
  readonly stderr: string;
  /** Output beyond the limit was thrown away. */
  readonly cut: boolean;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of each stream; default 1 MiB. */
  readonly outputBytes?: number | undefined;
}

const OUTPUT_BYTES = 1_048_576;

/** Runs a job to its end and keeps what it printed; an abort ends it and rejects with the signal's reason. */
export async function runJob(
  sandbox: Sandbox,
  job: SandboxJob,
  options: RunOptions = {},
): Promise<JobOutput> {
  const { signal, outputBytes = OUTPUT_BYTES } = options;
  signal?.throwIfAborted();
  const box = await sandbox.open(job);
  const onAbort = () => void box.stop();
  signal?.addEventListener('abort', onAbort);
  // Called off while the walls were put up.
  if (signal?.aborted === true) onAbort();
  try {
    box.stdin.end();
    const [end, stdout, stderr] = await Promise.all([
      box.ended,
      keep(box.stdout, outputBytes),
      keep(box.stderr, outputBytes),
    ]);
    signal?.throwIfAborted();
    return { end, stdout: stdout.text, stderr: stderr.text, cut: stdout.cut || stderr.cut };
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Reads to the end, so that a writer never waits, and keeps the first bytes. */
async function keep(stream: Readable, limit: number): Promise<{ text: string; cut: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    if (!Buffer.isBuffer(part)) continue;
    if (bytes < limit) chunks.push(part.subarray(0, limit - bytes));
    bytes += part.length;
  }
  return { text: Buffer.concat(chunks).toString('utf8'), cut: bytes > limit };
}
