import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Link, Outgoing, Receiver } from './link.ts';

/** A program to talk to on its standard input and output. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One JSON-RPC frame a line, to a process of its own. */
export class StdioLink implements Link {
  readonly #child: ChildProcess;

  constructor({ command, args, env = {} }: Program, receiver: Receiver) {
    this.#child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let parts: string[] = [];
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = chunk.split('\n');
      parts.push(lines.shift() ?? '');
      for (const line of lines) {
        const whole = parts.join('');
        parts = [line];
        if (whole.startsWith('{')) receiver.message(whole);
      }
    });
    this.#child.stdin?.on('error', () => {});
    this.#child.once('exit', () => receiver.silence(undefined, 0));
  }

  post({ text }: Outgoing): void {
    this.#child.stdin?.write(`${text}\n`);
  }

  listen(): Promise<void> {
    return Promise.resolve();
  }

  drop(): boolean {
    return false;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }
}
