import { hubError } from '@counterpart/schemas';
import Docker from 'dockerode';
import type { BoxedProcess, PreparedBox, Sandbox, SandboxJob } from '../../kernel/ports.ts';
import { limitsOf } from '../limits.ts';
import { orderOf, placeOf } from '../ready/place.ts';
import { LABEL, removeContainer, startContainer, supervise, type Started } from './container.ts';
import { ensureImage, SPARE_INSIDE } from './image.ts';

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
    return supervise(await this.#start(job), limitsOf(job));
  }

  async prepare(job: SandboxJob): Promise<PreparedBox> {
    const place = placeOf(job);
    if (place === undefined)
      throw hubError('SANDBOX_FAILED', { sandbox: this.kind, detail: 'this job begins by itself' });
    const { flags, env } = place;
    return preparedBox(await this.#start({ ...job, args: [...flags, SPARE_INSIDE], env }));
  }

  async #start(job: SandboxJob): Promise<Started> {
    try {
      this.#image ??= ensureImage(this.#engine);
      return await startContainer(this.#engine, await this.#image, job);
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

function preparedBox(started: Started): PreparedBox {
  const { container, pid, streams } = started;
  let isBegun = false;
  const discard = async (): Promise<void> => {
    streams.release();
    await removeContainer(container);
  };
  const gone = started.gone.then(
    () => undefined,
    () => undefined,
  );
  // Ended before it was anything: nobody else removes it.
  void gone.then(() => (isBegun ? undefined : discard()));
  return {
    pid,
    gone,
    begin(job) {
      const place = placeOf(job);
      if (place === undefined) throw hubError('INTERNAL', { detail: 'a job of no place was given one' });
      isBegun = true;
      const box = supervise(started, limitsOf(job));
      box.stdin.write(orderOf(job, place));
      return box;
    },
    discard,
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
