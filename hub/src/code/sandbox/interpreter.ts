import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSDeferredPromise,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core';
import { asFunction } from '../body.ts';
import type { SandboxAnswer, SandboxEnd, SandboxInput, SandboxSays } from './messages.ts';
import { PRELUDE } from './prelude.ts';

const FILE = 'code.js';
/** Jobs between two looks at the clock. */
const JOBS_AT_ONCE = 500;
const LONGEST_MESSAGE = 4_000;

type Say = (message: SandboxSays) => void;

/** Loads QuickJS and runs the code in it; the returned function takes the answers to its calls. */
export async function interpret(input: SandboxInput, say: Say): Promise<(answer: SandboxAnswer) => void> {
  const quickjs = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(input.limits.memoryBytes);
  runtime.setMaxStackSize(input.limits.stackBytes);
  const interpreter = new Interpreter(runtime, input, say);
  say({ kind: 'ready' });
  interpreter.start();
  return (answer) => interpreter.answer(answer);
}

class Interpreter {
  readonly #runtime: QuickJSRuntime;
  readonly #vm: QuickJSContext;
  readonly #input: SandboxInput;
  readonly #say: Say;
  readonly #calls = new Map<number, QuickJSDeferredPromise>();
  #lastCall = 0;
  #logged = 0;
  #spentMs = 0;
  #sliceStart = 0;
  #outOfTime = false;
  #ended = false;

  constructor(runtime: QuickJSRuntime, input: SandboxInput, say: Say) {
    this.#runtime = runtime;
    this.#vm = runtime.newContext();
    this.#input = input;
    this.#say = say;
    runtime.setInterruptHandler(() => this.#interrupts());
  }

  start(): void {
    this.#slice(() => {
      const body = this.#evaluate(asFunction(this.#input.code));
      const begin = body && this.#prelude();
      if (!body || !begin) return;
      const began = this.#vm.callFunction(begin, this.#vm.undefined, body);
      if (began.error) this.#threw(began.error);
    });
  }

  answer({ id, ok, text }: SandboxAnswer): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (!call || this.#ended) return;
    this.#slice(() => {
      const value = this.#vm.newString(text);
      if (ok) call.resolve(value);
      else call.reject(value);
      value.dispose();
      call.dispose();
    });
  }

  /** One stretch of the code's own time, to the point where it can only wait. */
  #slice(task: () => void): void {
    this.#sliceStart = performance.now();
    try {
      task();
      this.#runJobs();
    } catch (thrown) {
      // A stack or memory of the interpreter itself that is used up surfaces as an exception of the host.
      this.#end({ kind: 'broke', message: thrown instanceof Error ? thrown.message : String(thrown) });
    }
    this.#spentMs += performance.now() - this.#sliceStart;
    if (this.#outOfTime) this.#end({ kind: 'time' });
    else if (this.#calls.size === 0) this.#end({ kind: 'stuck' });
  }

  #runJobs(): void {
    while (!this.#ended && !this.#interrupts() && this.#runtime.hasPendingJob()) {
      const done = this.#runtime.executePendingJobs(JOBS_AT_ONCE);
      if (!done.error) continue;
      const message = this.#messageOf(done.error).message;
      this.#end(this.#outOfTime ? { kind: 'time' } : { kind: 'threw', message, line: undefined });
    }
  }

  #interrupts(): boolean {
    this.#outOfTime ||= this.#spentMs + performance.now() - this.#sliceStart > this.#input.limits.ownMs;
    return this.#outOfTime;
  }

  #prelude(): QuickJSHandle | undefined {
    const vm = this.#vm;
    const host = vm.newObject();
    vm.setProp(
      host,
      'call',
      vm.newFunction('call', (name, args) => this.#call(name, args)),
    );
    vm.setProp(
      host,
      'log',
      vm.newFunction('log', (line) => this.#log(line)),
    );
    const finish = vm.newFunction('finish', (ok, text) => this.#finish(vm.dump(ok) === true, text));
    vm.setProp(host, 'finish', finish);
    const made = vm.evalCode(`(${PRELUDE})`, 'prelude.js');
    if (made.error) return this.#threw(made.error);
    const begin = vm.callFunction(made.value, vm.undefined, host, vm.newString(this.#input.table));
    return begin.error ? this.#threw(begin.error) : begin.value;
  }

  #evaluate(text: string): QuickJSHandle | undefined {
    const result = this.#vm.evalCode(text, FILE);
    return result.error ? this.#threw(result.error) : result.value;
  }

  /** What is too much is refused here: nothing of it gets to the hub, which everybody shares. */
  #call(nameHandle: QuickJSHandle, argsHandle: QuickJSHandle): QuickJSHandle | { error: QuickJSHandle } {
    const { calls, argumentBytes } = this.#input.limits;
    const refuse = (words: string) => ({ error: this.#vm.newString(words) });
    const id = ++this.#lastCall;
    if (id > calls) return refuse(`This run may call tools ${calls} times, no more`);
    const [name, args] = [this.#vm.getString(nameHandle), this.#vm.getString(argsHandle)];
    if (args.length > argumentBytes)
      return refuse(`${name}: its arguments are larger than ${argumentBytes} bytes`);
    const call = this.#vm.newPromise();
    this.#calls.set(id, call);
    this.#say({ kind: 'call', id, name, args });
    return call.handle;
  }

  /** One line more than is kept is said, so that it shows that there were more. */
  #log(line: QuickJSHandle): void {
    if (this.#logged++ > this.#input.limits.logLines) return;
    this.#say({ kind: 'log', line: this.#vm.getString(line).slice(0, this.#input.limits.logLineChars) });
  }

  #finish(ok: boolean, handle: QuickJSHandle): void {
    const text = this.#vm.getString(handle);
    if (this.#outOfTime) this.#end({ kind: 'time' });
    else if (ok) this.#end(this.#returned(text));
    else this.#end({ kind: 'threw', ...readThrown(text) });
  }

  #returned(text: string): SandboxEnd {
    const { outputBytes } = this.#input.limits;
    if (text.length <= outputBytes) return { kind: 'returned', text };
    const message = `what the code returned is ${text.length} characters of JSON; ${outputBytes} are the most`;
    return { kind: 'threw', message, line: undefined };
  }

  #threw(error: QuickJSHandle): undefined {
    this.#end(this.#outOfTime ? { kind: 'time' } : { kind: 'threw', ...this.#messageOf(error) });
  }

  #messageOf(error: QuickJSHandle): { message: string; line: number | undefined } {
    const shown: unknown = this.#vm.dump(error);
    const { name = '', message = '', stack = '' } = asRecord(shown);
    return {
      message: `${asText(name)}: ${asText(message)}`.slice(0, LONGEST_MESSAGE),
      line: lineIn(asText(stack)),
    };
  }

  #end(end: SandboxEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#say({ kind: 'end', end });
  }
}

function readThrown(text: string): { message: string; line: number | undefined } {
  const { message, stack } = asRecord(JSON.parse(text));
  return { message: asText(message).slice(0, LONGEST_MESSAGE), line: lineIn(asText(stack)) };
}

/** The first line of the model's code in a stack, as QuickJS writes it: `(code.js:3:18)`. */
function lineIn(stack: string): number | undefined {
  const line = /code\.js:(\d{1,7})/.exec(stack.slice(0, 20_000))?.[1];
  return line === undefined ? undefined : Number(line);
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
