import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A JSON-RPC message as it was read. */
export interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const VERSION = '2026-07-28';

/** The members of `_meta` that every request of 2026-07-28 carries. */
export const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'counterpart-contract', version: '1.0.0' },
} as const;

/** The program of the server at `root`: its bundle when there is one, else its source. */
export function entryOf(root: URL): string {
  const bundle = fileURLToPath(new URL('dist/server.js', root));
  return existsSync(bundle) ? bundle : fileURLToPath(new URL('src/server.ts', root));
}

/** A client of raw lines: it adds nothing, hides nothing, and keeps all that was written. */
export class StdioPeer {
  /** Everything the server wrote to standard output, line by line. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string | number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  readonly #exited: Promise<Exit>;
  #stderr = '';
  #nextId = 1;

  constructor(program: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [program], { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#exited = new Promise((resolve) =>
      this.#child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    // A server that ended closes its input; the exit tells more than the broken pipe.
    this.#child.stdin?.on('error', () => undefined);
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
    void this.#exited.then(() => this.#loseAll());
  }

  get stderr(): string {
    return this.#stderr;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a request and resolves with its answer, result or error. Rejects when the server ends first. */
  async request(method: string, params: Record<string, unknown> = {}): Promise<Message> {
    return this.begin(method, params).answer;
  }

  /** Sends a request; its id is known at once, its answer later. */
  begin(
    method: string,
    params: Record<string, unknown> = {},
  ): { readonly id: number; readonly answer: Promise<Message> } {
    const id = this.#nextId++;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve)).then((message) => {
      if ('lost' in message)
        throw new Error(`the server ended before it answered ${method}:\n${this.#stderr}`);
      return message;
    });
    this.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return { id, answer };
  }

  /** A request of 2026-07-28. */
  modern(method: string, params: Record<string, unknown> = {}): Promise<Message> {
    return this.request(method, { ...params, _meta: { ...modernMeta } });
  }

  /** The handshake of 2025-11-25 and before; resolves with the server's answer. */
  async initialize(protocolVersion = '2025-11-25'): Promise<Message> {
    const clientInfo = { name: 'counterpart-contract', version: '1.0.0' };
    const answer = await this.request('initialize', { protocolVersion, capabilities: {}, clientInfo });
    this.notify('notifications/initialized');
    return answer;
  }

  notify(method: string, params: Record<string, unknown> = {}): void {
    this.write(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  /** Writes any line. */
  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Resolves with the first message from now on that `wanted` accepts. */
  next(wanted: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (!wanted(message)) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }

  /** Ends standard input; resolves with how the process ended, after killing it when it takes longer than `graceMs`. */
  async end(graceMs = 2_000): Promise<Exit> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    const exit = await this.#exited;
    clearTimeout(timer);
    return exit;
  }

  /** Sends a signal and resolves with how the process ended. */
  async signal(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal);
    return this.#exited;
  }

  #receive(line: string): void {
    this.lines.push(line);
    const message = parse(line);
    if (!message) return;
    for (const listener of this.#listeners) listener(message);
    const { id } = message;
    if (id === undefined || id === null || message.method !== undefined) return;
    this.#waiting.get(id)?.(message);
    this.#waiting.delete(id);
  }

  #loseAll(): void {
    for (const resolve of this.#waiting.values()) resolve({ lost: true } as Message);
    this.#waiting.clear();
  }
}

function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}
