import { randomUUID } from 'node:crypto';
import { finished, PassThrough, type Readable, type Writable } from 'node:stream';
import { hubError } from '@counterpart/schemas';
import Docker from 'dockerode';
import { z } from 'zod';
import type { BoxedProcess, Sandbox, SandboxEnd, SandboxJob, SandboxLimits } from '../../kernel/ports.ts';
import { Ending } from '../ending.ts';
import { heapArgument, limitsOf } from '../limits.ts';
import { rootOf, type JobRoot } from '../job-root.ts';
import { NODE_INSIDE, nodeFiles } from '../node-files.ts';
import { ensureImage } from './image.ts';

const NOBODY = '65534:65534';
const NANO = 1_000_000_000;
/** Whose containers they are: those of a hub that was killed are found by it. */
const LABEL = 'dev.counterpart.sandbox';
const PROBE_TIMEOUT_MS = 5_000;

/** The Docker engine that answers where `DOCKER_HOST` or the usual socket says; otherwise why not, in words. */
export async function findDocker(): Promise<Sandbox | string> {
  const probe = new Docker({ timeout: PROBE_TIMEOUT_MS });
  try {
    const { Version, Os } = await probe.version();
    if (Os !== 'linux') return `the Docker engine runs ${Os} containers`;
    return new DockerSandbox(new Docker(), `Docker engine ${Version}`);
  } catch (error) {
    return `no Docker engine answers (${messageOf(error)})`;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class DockerSandbox implements Sandbox {
  readonly kind = 'docker';
  readonly description: string;
  readonly #engine: Docker;
  #image: Promise<string> | undefined;

  constructor(engine: Docker, description: string) {
    this.#engine = engine;
    this.description = description;
  }

  async open(job: SandboxJob): Promise<BoxedProcess> {
    try {
      this.#image ??= ensureImage(this.#engine);
      return await openContainer(this.#engine, await this.#image, job);
    } catch (cause) {
      this.#image = undefined;
      throw hubError('SANDBOX_FAILED', { sandbox: this.kind, detail: messageOf(cause) }, { cause });
    }
  }

  async sweep(): Promise<number> {
    const found = await this.#engine.listContainers({ all: true, filters: { label: [LABEL] } });
    const left = found.filter(({ Labels }) => !isAlive(Number(Labels[LABEL])));
    await Promise.all(left.map(({ Id }) => removeContainer(this.#engine.getContainer(Id))));
    return left.length;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function openContainer(engine: Docker, image: string, job: SandboxJob): Promise<BoxedProcess> {
  const limits = limitsOf(job);
  const root = job.system === true ? rootOf(job, await nodeFiles()) : imageRoot(job);
  const container = await engine.createContainer(containerOptions(image, { job, root, limits }));
  try {
    const streams = await attach(engine, container);
    const gone = container.wait({ condition: 'next-exit' });
    await container.start();
    const { State } = await container.inspect();
    return { pid: State.Pid, ...supervise(container, gone, limits, streams) };
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

interface Contained {
  readonly job: SandboxJob;
  readonly root: JobRoot;
  readonly limits: SandboxLimits;
}

/** No network, no capability, no new privilege, nothing to write but what was given, and a bound on everything. */
const containerOptions = (
  image: string,
  { job, root, limits }: Contained,
): Docker.ContainerCreateOptions => ({
  name: `counterpart-${randomUUID()}`,
  Image: image,
  Cmd: [root.node, heapArgument(limits), ...job.args],
  Env: Object.entries(job.env).map(([name, value]) => `${name}=${value}`),
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
  HostConfig: {
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
  },
});

interface Streams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/**
 * Input has a connection of its own: its end must not take the output with it. The output's ends when the container
 * does, when all that it printed has come.
 */
async function attach(engine: Docker, container: Docker.Container): Promise<Streams> {
  const open = { stream: true, hijack: true };
  const input = await container.attach({ ...open, stdin: true });
  const output = await container.attach({ ...open, stdout: true, stderr: true });
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.pipe(input);
  input.on('error', () => stdin.destroy()); // Nobody reads any more: the end says why.
  engine.modem.demuxStream(output, stdout, stderr);
  finished(output, { writable: false }, () => {
    stdout.end();
    stderr.end();
  });
  return { stdin, stdout, stderr };
}

const WaitAnswer = z.object({ StatusCode: z.number() });

function supervise(
  container: Docker.Container,
  gone: Promise<unknown>,
  limits: SandboxLimits,
  streams: Streams,
): Omit<BoxedProcess, 'pid'> {
  // A container that has ended already cannot be killed: that is what was wanted.
  const ending = new Ending(() => void container.kill().catch(() => undefined), limits.timeMs);
  const ended = gone.then(async (answer): Promise<SandboxEnd> => {
    const { StatusCode } = WaitAnswer.parse(answer);
    const { State } = await container.inspect();
    await removeContainer(container);
    return ending.settle({ code: exitCode(StatusCode), outOfMemory: State.OOMKilled });
  });
  const stop = (): Promise<SandboxEnd> => {
    ending.end('stopped');
    return ended;
  };
  return { ...streams, ended, stop };
}

/** Docker reports a signal as 128 and its number. */
const exitCode = (status: number): number | undefined => (status < 128 ? status : undefined);

/** Resolves when it is gone, whoever removes it. */
async function removeContainer(container: Docker.Container): Promise<void> {
  await container.remove({ force: true }).catch(() => undefined);
}
