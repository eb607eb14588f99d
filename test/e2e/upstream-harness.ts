import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../hub/src/kernel/clock.ts';
import { createLog } from '../../hub/src/kernel/log.ts';
import type {
  Caller,
  JsonMembers,
  ProcessSpec,
  RelayReply,
  RelaySink,
  Supervisor,
  Upstream,
} from '../../hub/src/kernel/ports.ts';
import { createSupervisor } from '../../hub/src/supervisor/driver.ts';
import { membersOf } from '../../hub/src/kernel/protocol/members.ts';
import type { UpstreamOptions } from '../../hub/src/upstream/options.ts';
import { createUpstream } from '../../hub/src/upstream/upstream.ts';

const FIXTURES = new URL('../fixtures/servers/', import.meta.url);
const log = createLog({ level: 'silent' });
const COMMON = {
  limits: { callTimeoutMs: 10_000, maxCallMs: 20_000, maxCalls: 64 },
  clock: systemClock,
  log,
  redact: (text: string): string => text,
};

/** A real supervisor of its own for each test; `close` ends every process and its folder. */
export class Bench {
  readonly #upstreams: Upstream[] = [];
  readonly #stateDir = mkdtempSync(join(tmpdir(), 'upstream-'));
  readonly #supervisor: Supervisor = createSupervisor({
    clock: systemClock,
    log,
    stateDir: this.#stateDir,
    spawnConcurrency: 4,
    redact: (text) => text,
  });

  /** An upstream of a program; a bare name is one of the fixture servers. */
  process(program: string, setup: Setup = {}): Upstream {
    const { env = {}, startTimeoutMs = 10_000, idleMs = 0, probeMs = 0, ...options } = setup;
    const file = program.includes('/') ? program : fileURLToPath(new URL(`${program}.mjs`, FIXTURES));
    const spec: ProcessSpec = {
      id: `fixture-${this.#upstreams.length}`,
      command: process.execPath,
      args: [file],
      env: { PATH: process.env['PATH'] ?? '', ...env },
      restart: 'permanent',
      startTimeoutMs,
      shutdownMs: 500,
      idleMs,
      probeMs,
      dependsOn: [],
    };
    const target = { spec, supervisor: this.#supervisor };
    return this.#keep({ id: spec.id, kind: 'command', process: target, ...COMMON, ...options });
  }

  /** Runs `task` within the very change of state by which a process begins to be stopped, the first time. */
  atFirstStop(task: () => void): void {
    const unsubscribe = this.#supervisor.subscribe((_, { state }) => {
      if (state !== 'stopping') return;
      unsubscribe();
      task();
    });
  }

  remote(
    url: string,
    setup: Partial<UpstreamOptions> & {
      readonly headers?: Record<string, string>;
      readonly transport?: 'sse' | undefined;
    } = {},
  ): Upstream {
    const { headers = {}, transport, ...options } = setup;
    const remote = { url, headers, transport };
    return this.#keep({ id: 'remote', kind: 'remote', remote, ...COMMON, ...options });
  }

  async close(): Promise<void> {
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()));
    await this.#supervisor.shutdown();
    rmSync(this.#stateDir, { recursive: true, force: true });
  }

  #keep(options: UpstreamOptions): Upstream {
    const upstream = createUpstream(options);
    this.#upstreams.push(upstream);
    return upstream;
  }
}

type Setup = Partial<UpstreamOptions> & {
  readonly env?: Record<string, string>;
  readonly startTimeoutMs?: number;
  readonly idleMs?: number;
  readonly probeMs?: number;
};

const MODERN_CALLER: Caller = { era: 'modern', capabilities: {} };
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
