import { connect as connectSocket, type Socket } from 'node:net';
import type { DatabaseKind } from '@counterpart/schemas';
import type {
  Connection,
  ConnectionOptions,
  FieldPacket,
  ResultSetHeader,
  RowDataPacket,
} from 'mysql2/promise';
import type { DatabaseAddress } from '../address.ts';
import type {
  BoundValue,
  Driver,
  OpenOptions,
  RawValue,
  ResultColumn,
  ResultRows,
  RunLimits,
  Session,
  Statement,
} from '../driver.ts';
import { brokerSocket } from '../../http/broker.ts';
import { tunnelTo } from './tunnel.ts';
import { watched, within } from './watched-socket.ts';

/** Types by their numbers on the wire (MySQL client protocol, column types). */
const KINDS: Readonly<Record<number, DatabaseKind>> = {
  0: 'decimal',
  1: 'integer',
  2: 'integer',
  3: 'integer',
  4: 'float',
  5: 'float',
  7: 'timestamp',
  8: 'bigint',
  9: 'integer',
  10: 'date',
  11: 'time',
  12: 'timestamp',
  13: 'integer',
  16: 'binary',
  245: 'json',
  246: 'decimal',
  247: 'text',
  248: 'text',
};
const TYPES: Readonly<Record<number, string>> = { 4: 'float', 7: 'timestamp' };
/** Number of the character set of bytes. */
const BYTES = 63;

const columnOf = (field: FieldPacket): ResultColumn => {
  const { name, columnType = 253, characterSet } = field;
  const type = TYPES[columnType];
  if (type !== undefined) return { name, type, kind: KINDS[columnType] ?? 'text' };
  return { name, kind: KINDS[columnType] ?? (characterSet === BYTES ? 'binary' : 'text') };
};

/** Geometry comes as an object; everything else as it was stored. */
const rawOf = (value: unknown): RawValue => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean' || value instanceof Uint8Array) return value;
  return JSON.stringify(value);
};

type Answer = [RowDataPacket[] | ResultSetHeader, FieldPacket[] | undefined];

class MysqlSession implements Session {
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #isMaria: boolean;
  isOpen = true;
  isInTransaction = false;

  constructor(connection: Connection, socket: Socket, isMaria: boolean) {
    this.#connection = connection;
    this.#socket = socket;
    this.#isMaria = isMaria;
    const end = (): void => {
      this.isOpen = false;
    };
    connection.on('error', end);
    socket.on('close', end);
    socket.unref();
  }

  async #ask(
    text: string,
    params: readonly BoundValue[] | undefined,
    limits: Pick<RunLimits, 'timeoutMs' | 'mostBytes'>,
  ): Promise<Answer> {
    if (!this.isOpen) throw Object.assign(new Error('the connection is gone'), { code: 'DATABASE_LOST' });
    this.#socket.ref();
    try {
      const asked = async (): Promise<Answer> =>
        params === undefined
          ? await this.#connection.query<RowDataPacket[] | ResultSetHeader>({ sql: text, rowsAsArray: true })
          : await this.#connection.execute<RowDataPacket[] | ResultSetHeader>({
              sql: text,
              // Numbers were checked and travel as text; bytes must be a Buffer.
              values: params.map((value) =>
                value instanceof Uint8Array
                  ? Buffer.from(value)
                  : typeof value === 'bigint'
                    ? String(value)
                    : value,
              ),
              rowsAsArray: true,
            });
      return await within(limits.timeoutMs + 2_000, watched(this.#socket, limits.mostBytes, asked), () =>
        this.close(),
      );
    } finally {
      this.#socket.unref();
    }
  }

  async #command(text: string): Promise<void> {
    await this.#ask(text, undefined, { timeoutMs: 30_000, mostBytes: 1_048_576 });
  }

  async begin(mode: 'read' | 'write', timeoutMs: number): Promise<void> {
    this.isInTransaction = true;
    const limit = this.#isMaria
      ? `SET SESSION max_statement_time = ${Math.max(timeoutMs, 1) / 1_000}`
      : `SET SESSION max_execution_time = ${Math.trunc(timeoutMs)}`;
    await this.#command(limit);
    await this.#command(mode === 'read' ? 'START TRANSACTION READ ONLY' : 'START TRANSACTION');
  }

  async end(outcome: 'commit' | 'rollback'): Promise<void> {
    await this.#command(outcome === 'commit' ? 'COMMIT' : 'ROLLBACK');
    this.isInTransaction = false;
  }

  async run({ text, params }: Statement, limits: RunLimits): Promise<ResultRows> {
    const [answer, fields = []] = await this.#ask(text, params, limits);
    if (!Array.isArray(answer)) {
      const { affectedRows, insertId } = answer;
      return {
        columns: [],
        rows: [],
        affected: affectedRows,
        ...(insertId === 0 ? {} : { insertId: String(insertId) }),
      };
    }
    const rows = answer.slice(0, limits.mostRows).map((row) => Object.values(row).map(rawOf));
    return { columns: fields.map(columnOf), rows, affected: answer.length };
  }

  async query(statement: Statement, limits: RunLimits): Promise<ResultRows> {
    await this.#command(`SET SESSION sql_select_limit = ${Math.trunc(limits.mostRows)}`);
    try {
      return await this.run(statement, limits);
    } finally {
      if (this.isOpen) await this.#command('SET SESSION sql_select_limit = DEFAULT');
    }
  }

  close(): void {
    this.isOpen = false;
    this.#connection.destroy();
  }
}

/** Texts end where the scan of statements expects it, and values that do not fit are refused in the place of cut. */
const SQL_MODE = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

const tlsOf = (mode: string | null): ConnectionOptions['ssl'] | undefined => {
  if (mode === null || /^(?:false|0|disabled?)$/i.test(mode)) return undefined;
  return { rejectUnauthorized: !/^(?:required|prefer(?:red)?|no-verify)$/i.test(mode) };
};

function directSocket(url: URL): Socket {
  const path = url.searchParams.get('socketPath') ?? url.searchParams.get('socket');
  return path === null
    ? connectSocket({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 3306) })
    : connectSocket({ path });
}

/** MariaDB and MySQL by `mysql2`, with prepared statements; numbers that would be rounded come as text. */
export const mysql: Driver = {
  engine: 'mysql',
  async open({ url: address = '', host }: DatabaseAddress, { timeoutMs }: OpenOptions): Promise<Session> {
    const { createConnection } = await import('mysql2/promise');
    const url = new URL(address);
    const connectMs = Math.min(timeoutMs, 15_000);
    const broker = brokerSocket();
    const socket =
      broker === undefined || host === undefined
        ? directSocket(url)
        : await tunnelTo(broker, host, connectMs);
    // Until the driver listens, a refused connection would have nobody to tell.
    socket.on('error', () => undefined);
    const ssl = tlsOf(url.searchParams.get('ssl') ?? url.searchParams.get('ssl-mode'));
    try {
      const connection = await createConnection({
        stream: () => socket,
        host: url.hostname,
        user: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
        database: decodeURIComponent(url.pathname.slice(1)),
        connectTimeout: connectMs,
        charset: 'utf8mb4',
        multipleStatements: false,
        supportBigNumbers: true,
        bigNumberStrings: true,
        dateStrings: true,
        decimalNumbers: false,
        jsonStrings: true,
        // The server must never ask for a file of this machine.
        flags: ['-LOCAL_FILES'],
        ...(ssl === undefined ? {} : { ssl }),
      });
      const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
      await connection.query(`SET SESSION time_zone = '+00:00', sql_mode = '${SQL_MODE}'`);
      return new MysqlSession(connection, socket, /mariadb/i.test(String(rows[0]?.['version'])));
    } catch (error) {
      socket.destroy();
      throw error;
    }
  },
};
