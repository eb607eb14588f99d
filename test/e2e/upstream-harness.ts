import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { hubError, toCounterpartError } from '@counterpart/schemas';
import { systemClock } from '../../hub/src/kernel/clock.ts';
import { createLog } from '../../hub/src/kernel/log.ts';
import type {
  Caller,
  JsonMembers,
  ProcessProtocol,
  ProcessSnapshot,
  ProcessSpec,
  RelayReply,
  RelaySink,
  Supervised,
  Supervisor,
  Upstream,
} from '../../hub/src/kernel/ports.ts';
import { membersOf } from '../../hub/src/upstream/rpc/members.ts';
import { createUpstream, type UpstreamOptions } from '../../hub/src/upstream/upstream.ts';

const FIXTURES = new URL('../fixtures/servers/', import.meta.url);
export const log = createLog({ level: 'silent' });
export const LIMITS = { callTimeoutMs: 10_000, maxCallMs: 20_000, maxCalls: 64 };
const children = new Set<ChildProcess>();

/** The plainest thing that can stand where the supervisor does: it spawns on demand, and never restarts on its own. */
class PlainProcess implements Supervised {
  snapshot: ProcessSnapshot = { state: 'stopped', restarts: 0, since: 0 };
  readonly observed: boolean[] = [];
  readonly #spec: ProcessSpec;
  readonly #protocol: ProcessProtocol;
  #child: ChildProcess | undefined;
  #starting: Promise<void> | undefined;

  constructor(spec: ProcessSpec, protocol: ProcessProtocol) {
    this.#spec = spec;
    this.#protocol = protocol;
  }

  ready(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { command, args, env, id, startTimeoutMs } = this.#spec;
    const child = spawn(command, [...args], { env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child = child;
    children.add(child);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), startTimeoutMs);
    child.on('exit', (code, signal) => {
      children.delete(child);
      this.#starting = undefined;
      this.snapshot = { ...this.snapshot, state: 'stopped' };
      abort.abort();
      this.#protocol.lost(hubError('UPSTREAM_LOST', { server: id, detail: `exit ${code ?? signal}` }));
    });
    const { pid = 0, stdin, stdout } = child;
    try {
      await this.#protocol.handshake({ pid, stdin, stdout }, abort.signal);
      this.snapshot = { state: 'ready', pid, restarts: 0, since: 0 };
    } catch (thrown) {
      child.kill('SIGKILL');
      throw toCounterpartError(thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  touch(): void {
    // Nothing is idle for long here.
  }

  observe(ok: boolean): void {
    this.observed.push(ok);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || !children.has(child)) return;
    child.stdin?.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 1_000);
    await once(child, 'exit');
    clearTimeout(timer);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.ready();
  }

  reset(): void {
    // No failures are kept.
  }

  stderr(): readonly string[] {
    return [];
  }

  remove(): Promise<void> {
    return this.stop();
  }
}

export const plainSupervisor: Supervisor = {
  supervise: (spec, protocol) => new PlainProcess(spec, protocol),
  subscribe: () => () => undefined,
  shutdown: () => Promise.resolve(),
};

type Setup = Partial<UpstreamOptions> & {
  readonly env?: Record<string, string>;
  readonly startTimeoutMs?: number;
};

/** An upstream of a program; a bare name is one of the fixture servers. */
export function upstreamOf(program: string, setup: Setup = {}): Upstream {
  const { env = {}, startTimeoutMs = 10_000, ...options } = setup;
  const file = program.includes('/') ? program : fileURLToPath(new URL(`${program}.mjs`, FIXTURES));
  const spec: ProcessSpec = {
    id: 'fixture',
    command: process.execPath,
    args: [file],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    restart: 'temporary',
    startTimeoutMs,
    shutdownMs: 500,
    idleMs: 0,
    probeMs: 0,
    dependsOn: [],
  };
  return createUpstream({
    id: 'fixture',
    kind: 'command',
    process: { spec, supervisor: plainSupervisor },
    limits: LIMITS,
    clock: systemClock,
    log,
    ...options,
  });
}

export function remoteOf(
  url: string,
  setup: Partial<UpstreamOptions> & { readonly headers?: Record<string, string> } = {},
): Upstream {
  const { headers = {}, ...options } = setup;
  return createUpstream({
    id: 'remote',
    kind: 'remote',
    remote: { url, headers },
    limits: LIMITS,
    clock: systemClock,
    log,
    ...options,
  });
}

/** Closes them all and fails if a fixture program still runs. */
export async function closeAll(upstreams: Upstream[]): Promise<void> {
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()));
  if (children.size > 0) throw new Error(`still running: ${[...children].map(({ pid }) => pid).join(', ')}`);
}

export const MODERN_CALLER: Caller = { era: 'modern', capabilities: {} };
export const LEGACY_CALLER: Caller = { era: 'legacy', capabilities: {} };

export interface CallResult {
  readonly id: string;
  /** `result`, or `error`, of the answer; or the code of a failure. */
  readonly result?: JsonMembers;
  readonly error?: JsonMembers;
  readonly failure?: string;
  readonly detail?: string;
  readonly era?: string;
  readonly bytes: number;
}

function read(reply: RelayReply): CallResult {
  if (reply.kind === 'failure')
    return { id: '', failure: reply.error.code, detail: reply.error.message, bytes: 0 };
  const message = membersOf(JSON.parse(reply.frame.toString('utf8')));
  const id = reply.frame.toString('utf8', reply.idStart, reply.idEnd);
  return { ...message, id, era: reply.era, bytes: reply.frame.length };
}

export interface CallSetup {
  readonly caller?: Caller;
  readonly progressToken?: string | number;
  readonly method?: string;
  readonly notify?: (method: string, params: JsonMembers) => void;
  readonly ask?: RelaySink['ask'];
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Forwards a tool call, or any method with its parameters, as the gateway would. */
export function call(
  upstream: Upstream,
  name: string | JsonMembers,
  args: JsonMembers = {},
  setup: CallSetup = {},
): Promise<CallResult> {
  const { caller = MODERN_CALLER, method = 'tools/call', progressToken, timeoutMs } = setup;
  return new Promise((resolve) => {
    const sink: RelaySink = {
      caller,
      settle: (reply) => resolve(read(reply)),
      notify: (sent, params) => setup.notify?.(sent, params),
      ask: setup.ask ?? (() => Promise.reject(new Error('nobody is there'))),
    };
    const params = typeof name === 'string' ? { name, arguments: args } : name;
    const ticket = upstream.forward({ method, params, progressToken, timeoutMs }, sink);
    setup.signal?.addEventListener('abort', () => ticket.cancel('test'), { once: true });
  });
}

/** The text of a tool result. */
export function textOf({ result }: CallResult): unknown {
  const content = result?.['content'];
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  return typeof first === 'object' && first !== null && 'text' in first ? first.text : undefined;
}
