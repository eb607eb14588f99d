import { randomUUID } from 'node:crypto';
import { finished, PassThrough, type Readable, type Writable } from 'node:stream';
import type Docker from 'dockerode';
import { z } from 'zod';
import type { BoxedProcess, SandboxEnd, SandboxJob, SandboxLimits } from '../../kernel/ports.ts';
import { Ending } from '../ending.ts';
import { rootOf, type JobRoot } from '../job-root.ts';
import { heapArgument, limitsOf } from '../limits.ts';
import { NODE_INSIDE, nodeFiles } from '../node-files.ts';

const NOBODY = '65534:65534';
const NANO = 1_000_000_000;
/** Whose containers they are: those of a hub that was killed are found by it. */
export const LABEL = 'dev.counterpart.sandbox';

/** A container whose Node runs, with nobody who speaks to it yet. */
export interface Started {
  readonly container: Docker.Container;
  readonly pid: number;
  readonly streams: Streams;
  /** The engine's answer when it has ended. */
  readonly gone: Promise<unknown>;
}

/** Makes a container for a job and starts Node in it; rejects with the engine's error, and leaves none then. */
export async function startContainer(engine: Docker, image: string, job: SandboxJob): Promise<Started> {
  const root = job.system === true ? rootOf(job, await nodeFiles()) : imageRoot(job);
  const container = await engine.createContainer(containerOptions(image, job, root));
  try {
    const streams = await attach(engine, container);
    const gone = container.wait({ condition: 'next-exit' });
    await container.start();
    const { State } = await container.inspect();
    return { container, pid: State.Pid, streams, gone };
  } catch (error) {
    await removeContainer(container);
    throw error;
  }
}

/** Node and its libraries are in the image. */
const imageRoot = ({ folders }: SandboxJob): JobRoot => ({ node: NODE_INSIDE, binds: folders });

/** Files in a writable folder belong to the hub's user, who must be able to remove them; never to root. */
function userOf({ folders }: SandboxJob): string {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return uid !== 0 && folders.some(({ writable }) => writable === true) ? `${uid}:${gid}` : NOBODY;
}

const variables = (env: SandboxJob['env']): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** No network, no capability, no new privilege, nothing to write but what was given, and a bound on everything. */
function containerOptions(image: string, job: SandboxJob, root: JobRoot): Docker.ContainerCreateOptions {
  const limits = limitsOf(job);
  return {
    name: `counterpart-${randomUUID()}`,
    Image: image,
    Cmd: [root.node, heapArgument(limits), ...job.args],
    Env: variables(job.env),
    WorkingDir: job.cwd ?? '/tmp',
    User: userOf(job),
    Hostname: 'sandbox',
    Labels: { [LABEL]: String(process.pid) },
    OpenStdin: true,
    // The hub's end, a kill included, ends the input of what it started.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: hostConfig(limits, root),
  };
}

const hostConfig = (limits: SandboxLimits, root: JobRoot): Docker.HostConfig => ({
  NetworkMode: 'none',
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  Binds: root.binds.map(({ from, to, writable }) => `${from}:${to}:${writable === true ? 'rw' : 'ro'}`),
  Tmpfs: { '/tmp': `rw,nosuid,nodev,noexec,mode=1777,size=${limits.scratchBytes}` },
  Memory: limits.memoryBytes,
  MemorySwap: limits.memoryBytes,
  NanoCpus: Math.round(limits.cpus * NANO),
  PidsLimit: limits.processes,
  Ulimits: [
    { Name: 'nofile', Soft: limits.openFiles, Hard: limits.openFiles },
    { Name: 'core', Soft: 0, Hard: 0 },
  ],
  LogConfig: { Type: 'none', Config: {} },
});

interface Streams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Ends the connection of the input, which outlives the container otherwise. */
  release(): void;
}

/**
 * Input has a connection of its own: its end must not take the output with it. The output's ends when the container
 * does, when all that it printed has come.
 */
async function attach(engine: Docker, container: Docker.Container): Promise<Streams> {
  const open = { stream: true, hijack: true };
  const [input, output] = await Promise.all([
    container.attach({ ...open, stdin: true }),
    container.attach({ ...open, stdout: true, stderr: true }),
  ]);
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.pipe(input);
  input.on('error', () => stdin.destroy()); // Nobody reads any more: the end says why.
  engine.modem.demuxStream(output, stdout, stderr);
  finished(output, { writable: false }, () => {
    stdout.end();
    stderr.end();
  });
  return { stdin, stdout, stderr, release: () => void input.end() };
}

const WaitAnswer = z.object({ StatusCode: z.number() });

/** A started container as a process: its time begins now, and it is removed when it ends. */
export function supervise({ container, pid, streams, gone }: Started, limits: SandboxLimits): BoxedProcess {
  // A container that has ended already cannot be killed: that is what was wanted.
  const ending = new Ending(() => void container.kill().catch(() => undefined), limits.timeMs);
  const ended = gone.then(async (answer): Promise<SandboxEnd> => {
    const { StatusCode } = WaitAnswer.parse(answer);
    const { State } = await container.inspect();
    streams.release();
    await removeContainer(container);
    return ending.settle({ code: exitCode(StatusCode), outOfMemory: State.OOMKilled });
  });
  const stop = (): Promise<SandboxEnd> => {
    ending.end('stopped');
    return ended;
  };
  const { stdin, stdout, stderr } = streams;
  return { pid, stdin, stdout, stderr, ended, stop };
}

/** Docker reports a signal as 128 and its number. */
const exitCode = (status: number): number | undefined => (status < 128 ? status : undefined);

/** Resolves when it is gone, whoever removes it. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  await container.remove({ force: true }).catch(() => undefined);
}
