import { Worker } from 'node:worker_threads';
import { isMembers } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';
import { answerText, type Called } from './answer.ts';
import type { CodeLimits } from './limits.ts';
import type { SandboxAnswer, SandboxEnd, SandboxInput, SandboxSays } from './sandbox/messages.ts';

/** Calls one tool by its name in the hub; never rejects. */
export type CallTool = (name: string, args: JsonMembers, signal: AbortSignal) => Promise<Called>;

/** What the code called, in the order of the calls. */
export interface CallRecord {
  readonly tool: string;
  /** `unanswered`: the run ended before. */
  readonly outcome: 'ok' | 'failed' | 'unanswered';
  readonly ms: number;
}

export interface CodeOutcome {
  readonly end: SandboxEnd | { readonly kind: 'cancelled' | 'total-time' };
  readonly logs: readonly string[];
  readonly calls: readonly CallRecord[];
}

export interface CodeTask {
  readonly code: string;
  /** JSON text of `[server, tool, name in the hub]` for every tool. */
  readonly table: string;
  readonly limits: CodeLimits;
  readonly call: CallTool;
  /** Ends the run: its thread, and every call it made. */
  readonly signal: AbortSignal;
  /** After each call: how many are answered, and which one it was. */
  readonly onAnswered?: ((count: number, tool: string) => void) | undefined;
}

/** Beyond the interpreter's own limit, before its thread is ended from outside. */
const GRACE_MS = 2_000;
const WATCH_MS = 250;
/** Of the thread itself; QuickJS keeps its memory apart from it. */
const THREAD = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 8 };

/** Runs code in an interpreter in a thread of its own, to its end or to the first limit; never rejects. */
export function runCode(task: CodeTask): Promise<CodeOutcome> {
  return new Promise((resolve) => {
    void new Run(task, resolve);
  });
}

interface OpenCall {
  readonly tool: string;
  readonly startedAt: number;
  outcome: CallRecord['outcome'];
  ms: number;
}

class Run {
  readonly #task: CodeTask;
  readonly #resolve: (outcome: CodeOutcome) => void;
  readonly #worker: Worker;
  readonly #calls: OpenCall[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #logs: string[] = [];
  readonly #abort = new AbortController();
  readonly #watch: NodeJS.Timeout;
  /** Of the thread, and then, once it has loaded its interpreter, of the code. */
  #startedAt = performance.now();
  /** What the thread was busy for before that; undefined until then. */
  #loadingMs: number | undefined;
  readonly #cancelled = (): void => this.#end({ kind: 'cancelled' });
  #active = 0;
  #answered = 0;
  #ended = false;

  constructor(task: CodeTask, resolve: (outcome: CodeOutcome) => void) {
    this.#task = task;
    this.#resolve = resolve;
    const { code, table, limits } = task;
    const workerData: SandboxInput = { code, table, limits };
    this.#worker = new Worker(new URL('./sandbox/thread.ts', import.meta.url), {
      workerData,
      env: {},
      argv: [],
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: THREAD,
    });
    this.#worker.on('message', (said: SandboxSays) => this.#hear(said));
    this.#worker.on('error', (thrown) => this.#end({ kind: 'broke', message: messageOf(thrown) }));
    this.#worker.on('exit', () => this.#end({ kind: 'broke', message: 'its thread ended' }));
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    this.#watch.unref();
    task.signal.addEventListener('abort', this.#cancelled, { once: true });
    if (task.signal.aborted) this.#cancelled();
  }

  #hear(said: SandboxSays): void {
    if (this.#ended) return;
    switch (said.kind) {
      case 'ready':
        this.#startedAt = performance.now();
        this.#loadingMs = this.#busyMs();
        return;
      case 'call':
        return this.#enqueue(said.id, said.name, said.args);
      case 'log':
        return this.#log(said.line);
      case 'end':
        return this.#end(said.end);
    }
  }

  #log(line: string): void {
    const { logLines } = this.#task.limits;
    if (this.#logs.length < logLines) this.#logs.push(line);
    else if (this.#logs.length === logLines) this.#logs.push(`… only the first ${logLines} lines are kept`);
  }

  /** The interpreter counts its own time; this one holds even when it is stuck where it cannot look. */
  #look(): void {
    const { ownMs, totalMs } = this.#task.limits;
    if (performance.now() - this.#startedAt > totalMs) return this.#end({ kind: 'total-time' });
    if (this.#loadingMs !== undefined && this.#busyMs() - this.#loadingMs > ownMs + GRACE_MS)
      this.#end({ kind: 'time' });
  }

  #busyMs(): number {
    return this.#worker.performance.eventLoopUtilization().active;
  }

  #enqueue(id: number, tool: string, args: string): void {
    const { callsAtOnce } = this.#task.limits;
    const call: OpenCall = { tool, startedAt: performance.now(), outcome: 'unanswered', ms: 0 };
    this.#calls.push(call);
    const begin = (): void => void this.#call(id, call, args);
    if (this.#active < callsAtOnce) begin();
    else this.#waiting.push(begin);
  }

  async #call(id: number, call: OpenCall, args: string): Promise<void> {
    this.#active += 1;
    const { ok, text } = await this.#called(call.tool, args);
    this.#active -= 1;
    if (this.#ended) return;
    call.outcome = ok ? 'ok' : 'failed';
    call.ms = Math.round(performance.now() - call.startedAt);
    this.#answered += 1;
    this.#task.onAnswered?.(this.#answered, call.tool);
    this.#answer({ id, ok, text });
    this.#waiting.shift()?.();
  }

  /** Never rejects: whatever the code or a tool made of its text, it is this run's alone. */
  async #called(tool: string, argsText: string): Promise<{ ok: boolean; text: string }> {
    try {
      const args: unknown = JSON.parse(argsText);
      if (!isMembers(args)) return { ok: false, text: `${tool} takes one object with its arguments` };
      const called = await this.#task.call(tool, args, this.#abort.signal);
      return answerText(tool, called, this.#task.limits.answerBytes);
    } catch (thrown) {
      return { ok: false, text: `${tool}: ${messageOf(thrown)}` };
    }
  }

  #answer(answer: SandboxAnswer): void {
    this.#worker.postMessage(answer, []);
  }

  #end(end: CodeOutcome['end']): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#watch);
    this.#task.signal.removeEventListener('abort', this.#cancelled);
    this.#abort.abort();
    this.#waiting.length = 0;
    const calls = this.#calls.map(({ tool, outcome, ms }) => ({ tool, outcome, ms }));
    const outcome = { end, logs: this.#logs, calls };
    // The run is over when its thread is: nothing of it is left behind.
    void this.#worker.terminate().then(() => this.#resolve(outcome));
  }
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
