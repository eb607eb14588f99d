import { spawn, type ChildProcess } from 'node:child_process';
import { stat } from 'node:fs/promises';
import process from 'node:process';
import type { DatabaseKind } from '@counterpart/schemas';
import type { DatabaseAddress } from '../address.ts';
import type { Driver, OpenOptions, ResultRows, RunLimits, Session, Statement } from '../driver.ts';
import { runSqlite, type SqliteAnswer } from './sqlite-run.ts';

/** Kind by a declared type (the affinities of SQLite, with the names that are usual for the rest). */
export function sqliteKind(declared: string): DatabaseKind {
  const type = declared.toUpperCase();
  if (type === '' || type === 'ANY') return 'other';
  if (/BOOL/.test(type)) return 'boolean';
  if (/INT/.test(type)) return 'integer';
  if (/JSON/.test(type)) return 'json';
  if (/BLOB|BINARY/.test(type)) return 'binary';
  if (/REAL|FLOA|DOUB|NUMERIC|DECIMAL/.test(type)) return 'float';
  // Dates are texts here: each as whoever wrote it wrote it.
  return 'text';
}

const lost = (message: string): Error => Object.assign(new Error(message), { code: 'DATABASE_LOST' });

/**
 * The process that reads the file. SQLite works until it is done and cannot be interrupted, so that only the end of its
 * process ends a statement that takes too long.
 */
const PROGRAM = `
const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
const run = ${runSqlite.toString()};
let database;
process.on('disconnect', () => process.exit());
process.on('message', (order) => {
  let reply;
  try {
    if (order.open !== undefined) {
      database = new DatabaseSync(order.open, { readOnly: order.readOnly, enableForeignKeyConstraints: true, timeout: order.timeoutMs });
      database.prepare('SELECT count(*) FROM sqlite_master').get();
      reply = { answer: { columns: [], rows: [], affected: 0 } };
    } else reply = { answer: run(database, order) };
  } catch (error) {
    reply = { error: { message: error.message, code: error.code, errcode: error.errcode } };
  }
  process.send(reply);
});
`;

interface Reply {
  readonly answer?: SqliteAnswer;
  readonly error?: { readonly message: string; readonly code?: string; readonly errcode?: number };
}

const CODES: Readonly<Record<number, string>> = {
  8: 'SQLITE_READONLY',
  9: 'DATABASE_TIMEOUT',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
};

/** SQLite's own result code as a name, its extended part left off. */
export const sqliteErrorCode = (code: string | undefined, errcode: number | undefined): string =>
  (errcode === undefined ? undefined : CODES[errcode & 0xff]) ?? code ?? 'ERR_SQLITE_ERROR';

/** What came back as rows whose columns say what they hold. */
export const sqliteRows = ({ columns, rows, affected }: SqliteAnswer): ResultRows => ({
  columns: columns.map(({ name, type }) => ({ name, kind: sqliteKind(type) })),
  rows,
  affected,
});

class SqliteSession implements Session {
  readonly #child: ChildProcess;
  #settle: ((reply: Reply) => void) | undefined;
  isOpen = true;
  isInTransaction = false;

  constructor() {
    this.#child = spawn(process.execPath, ['--no-warnings', '-e', PROGRAM], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      env: {},
      windowsHide: true,
    });
    this.#child.on('message', (reply) => this.#settle?.(reply as Reply)); // of the program above
    const end = (): void => {
      this.isOpen = false;
      this.#settle?.({ error: { message: 'its process ended', code: 'DATABASE_LOST' } });
    };
    this.#child.on('error', end);
    this.#child.on('exit', end);
    this.#idle(true);
  }

  /** A process that nobody waits for keeps no server alive. */
  #idle(isIdle: boolean): void {
    const { channel } = this.#child;
    if (isIdle) {
      this.#child.unref();
      channel?.unref();
    } else {
      this.#child.ref();
      channel?.ref();
    }
  }

  async ask(order: object, timeoutMs: number): Promise<SqliteAnswer> {
    if (!this.isOpen) throw lost('its process ended');
    this.#idle(false);
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply>((resolve) => {
      this.#settle = resolve;
      timer = setTimeout(() => {
        resolve({ error: { message: 'too slow', code: 'DATABASE_TIMEOUT' } });
        this.close();
      }, timeoutMs);
      this.#child.send(order, (error) => {
        if (error) resolve({ error: { message: error.message, code: 'DATABASE_LOST' } });
      });
    });
    clearTimeout(timer);
    this.#settle = undefined;
    this.#idle(true);
    if (reply.answer !== undefined) return reply.answer;
    const { message = 'no answer', code, errcode } = reply.error ?? {};
    throw Object.assign(new Error(message), { code: sqliteErrorCode(code, errcode) });
  }

  async begin(mode: 'read' | 'write', timeoutMs: number): Promise<void> {
    this.isInTransaction = true;
    // A file that may be written is not written by what only reads: `WITH … DELETE` begins as a question does.
    await this.#plain(`PRAGMA query_only = ${mode === 'read' ? 'ON' : 'OFF'}`, timeoutMs);
    await this.#plain(mode === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE', timeoutMs);
  }

  async end(outcome: 'commit' | 'rollback'): Promise<void> {
    await this.#plain(outcome === 'commit' ? 'COMMIT' : 'ROLLBACK', 30_000);
    this.isInTransaction = false;
  }

  async #plain(text: string, timeoutMs: number): Promise<void> {
    await this.ask({ text, params: [], mostRows: 0, mostBytes: 0 }, timeoutMs);
  }

  async run({ text, params }: Statement, { timeoutMs, mostRows, mostBytes }: RunLimits): Promise<ResultRows> {
    return sqliteRows(await this.ask({ text, params, mostRows, mostBytes }, timeoutMs));
  }

  query(statement: Statement, limits: RunLimits): Promise<ResultRows> {
    return this.run(statement, limits);
  }

  close(): void {
    this.isOpen = false;
    this.#child.kill('SIGKILL');
  }
}

/** Opens a file, or `:memory:`, in a process of its own. Rejects with an error whose code says what is wrong. */
export async function openSqlite(file: string, { timeoutMs, writable }: OpenOptions): Promise<Session> {
  const session = new SqliteSession();
  try {
    await session.ask({ open: file, readOnly: !writable, timeoutMs }, timeoutMs);
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** SQLite by Node's own module; the file is opened for reading only unless writes were asked for. */
export const sqlite: Driver = {
  engine: 'sqlite',
  async open({ file = '' }: DatabaseAddress, options: OpenOptions): Promise<Session> {
    // A missing file would be made by whoever opens it for writing.
    await stat(file);
    return openSqlite(file, options);
  },
};
