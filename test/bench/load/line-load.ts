import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ended } from '../../peers/peer-process.ts';
import type { Caller } from '../targets.ts';

interface Waiting {
  resolve(text: string): void;
  reject(cause: Error): void;
}

const NEWLINE = 10;
const LONGEST_GOODBYE_MS = 3_000;
const ID = /"id":(\d+)[,}]/;

/** A client of the 2025-11-25 revision over a program's standard input and output. */
export class LineLoad implements Caller {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #parts: Buffer[] = [];
  #id = 0;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.once('exit', () => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error('the program ended'));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async open(): Promise<void> {
    const hello = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    };
    await this.#send('initialize', JSON.stringify(hello));
    this.#child.stdin?.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  }

  async request(method: string, name?: string, args = '{}'): Promise<string> {
    const answer = await this.#send(
      method,
      name === undefined ? '{}' : `{"name":"${name}","arguments":${args}}`,
    );
    if (answer.includes('"error":{')) throw new Error(`${method} was answered ${answer.slice(0, 200)}`);
    return answer;
  }

  /** Ends the program as clients do, and waits for its end; one that goes on without an input is stopped. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    const late = setTimeout(() => void ended(this.#child), LONGEST_GOODBYE_MS);
    await exit;
    clearTimeout(late);
  }

  #send(method: string, params: string): Promise<string> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}\n`);
    });
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.#parts.push(chunk.subarray(from, end));
      this.#line(
        (this.#parts.length === 1 ? chunk.subarray(from, end) : Buffer.concat(this.#parts)).toString(),
      );
      this.#parts = [];
      from = end + 1;
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from));
  }

  #line(text: string): void {
    const id = Number(ID.exec(text)?.[1]);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve(text);
  }
}
