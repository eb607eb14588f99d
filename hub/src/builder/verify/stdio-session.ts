import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { hubError, ToolDefinition } from '@counterpart/schemas';
import { z } from 'zod';

/** Of the protocol: requests that carry their version (2026-07-28), or a handshake before them. */
export type Era = 'modern' | 'legacy';

/** A session with a server process, as little of the protocol as a build's check needs. */
export interface StdioSession {
  /** All pages of `tools/list`. */
  listTools(): Promise<ToolDefinition[]>;
  callTool(name: string, input: unknown): Promise<ToolOutcome>;
  /** Ends standard input, then kills the process group; no process is left. */
  close(): Promise<void>;
}

export interface ToolOutcome {
  readonly isError: boolean;
  /** Text of the result's first content item. */
  readonly text: string;
  /** The structured answer; undefined where there is none. */
  readonly structured: unknown;
  /** Where the structured answer strayed from what the tool promises, in words. */
  readonly drift: readonly string[];
}

/** A program that speaks on its standard streams. */
export interface SpeakingProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves with how it ended, in words. */
  readonly ended: Promise<string>;
  /** Ends it and what it started; of one that has ended, nothing. */
  kill(): void;
}

export interface SessionOptions extends SpeakingOptions {
  /** Complete: nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

export interface SpeakingOptions {
  /** Names it in errors. */
  readonly file: string;
  readonly signal?: AbortSignal | undefined;
  /** For the handshake and for each request. */
  readonly timeoutMs: number;
  /** Default `legacy`. */
  readonly era?: Era | undefined;
}

const Reply = z.looseObject({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});
const ToolPage = z.looseObject({ tools: z.array(ToolDefinition), nextCursor: z.string().optional() });
const CallResult = z.looseObject({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ text: z.string().optional() })),
  structuredContent: z.unknown().optional(),
  _meta: z.looseObject({ 'counterpart/drift': z.array(z.string()).optional() }).optional(),
});

const PROTOCOL_VERSION = '2025-11-25';
const CLIENT_INFO = { name: 'counterpart-build', version: '1.0.0' };
/** What every request of 2026-07-28 carries. */
const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
};
const STDERR_KEPT = 4_000;
const EXIT_GRACE_MS = 1_000;

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Starts a bundled server and shakes hands; rejects with SERVER_START_FAILED or SERVER_START_TIMEOUT. */
export const openSession = (options: SessionOptions): Promise<StdioSession> =>
  openSessionWith(started(options), options);

/** The same with a program that was started already, such as one inside walls. */
export async function openSessionWith(
  program: SpeakingProgram,
  options: SpeakingOptions,
): Promise<StdioSession> {
  const server = new ServerProcess(program, options);
  try {
    if (options.era === 'modern') await server.request('server/discover', {});
    else {
      const clientInfo = CLIENT_INFO;
      await server.request('initialize', { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo });
      server.notify('notifications/initialized');
    }
    return {
      listTools: () => listTools(server),
      callTool: (name, input) => callTool(server, name, input),
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function listTools(server: ServerProcess): Promise<ToolDefinition[]> {
  const tools: ToolDefinition[] = [];
  let cursor: string | undefined;
  do {
    const page = ToolPage.parse(await server.request('tools/list', cursor === undefined ? {} : { cursor }));
    tools.push(...page.tools);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return tools;
}

async function callTool(server: ServerProcess, name: string, input: unknown): Promise<ToolOutcome> {
  const result = CallResult.parse(await server.request('tools/call', { name, arguments: input }));
  const drift = result._meta?.['counterpart/drift'] ?? [];
  const [first] = result.content;
  const structured = result.structuredContent;
  return { isError: result.isError === true, text: first?.text ?? '', structured, drift };
}

function started({ file, env }: SessionOptions): SpeakingProgram {
  // A group of its own, so that what it may have started ends with it.
  const child = spawn(process.execPath, [file], { env, stdio: 'pipe', detached: true });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
      child.once('error', (error) => resolve(error.message));
    }),
    kill() {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone already.
      }
    },
  };
}

class ServerProcess {
  readonly #options: SpeakingOptions;
  readonly #program: SpeakingProgram;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #stderr = '';

  constructor(program: SpeakingProgram, options: SpeakingOptions) {
    this.#options = options;
    this.#program = program;
    this.#exited = program.ended.then((how) => this.#failAll(this.#failure(how)));
    program.stdin.on('error', () => undefined); // The exit that follows says why.
    program.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    createInterface({ input: program.stdout }).on('line', (line) => this.#receive(line));
  }

  request(method: string, params: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      const { timeoutMs, signal, file } = this.#options;
      const detail = `no answer to ${method}`;
      const timer = setTimeout(
        () => reject(hubError('SERVER_START_TIMEOUT', { server: file, timeoutMs, detail })),
        timeoutMs,
      );
      const onAbort = () => reject(toError(signal?.reason));
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
      };
      signal?.addEventListener('abort', onAbort);
      this.#pending.set(id, {
        resolve: (result) => (settle(), resolve(result)),
        reject: (error) => (settle(), reject(error)),
      });
      const meta = this.#options.era === 'modern' ? { _meta: MODERN_META } : {};
      this.#send({ jsonrpc: '2.0', id, method, params: { ...params, ...meta } });
    });
  }

  notify(method: string): void {
    this.#send({ jsonrpc: '2.0', method });
  }

  async close(): Promise<void> {
    this.#program.stdin.end();
    const timer = setTimeout(() => this.#program.kill(), EXIT_GRACE_MS);
    await this.#exited;
    clearTimeout(timer);
    this.#program.kill();
  }

  #send(message: object): void {
    this.#program.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #receive(line: string): void {
    const reply = parseReply(line);
    const pending = reply === undefined ? undefined : this.#pending.get(reply.id);
    if (reply === undefined || pending === undefined) return;
    if (reply.error === undefined) pending.resolve(reply.result);
    else pending.reject(this.#failure(`it answered "${reply.error.message}"`));
  }

  #failure(detail: string): Error {
    const tail = this.#stderr.trim();
    return hubError('SERVER_START_FAILED', {
      server: this.#options.file,
      detail: tail === '' ? detail : `${detail}; it printed:\n${tail}`,
    });
  }

  #failAll(error: Error): void {
    for (const pending of Array.from(this.#pending.values())) pending.reject(error);
  }
}

function parseReply(line: string): z.infer<typeof Reply> | undefined {
  try {
    return Reply.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
