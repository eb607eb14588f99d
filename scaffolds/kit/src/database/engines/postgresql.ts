import { Socket } from 'node:net';
import type { DatabaseKind } from '@counterpart/schemas';
import type { Client, QueryArrayResult } from 'pg';
import type { DatabaseAddress } from '../address.ts';
import type {
  Driver,
  OpenOptions,
  QueryLimits,
  ResultColumn,
  ResultRows,
  RunLimits,
  Session,
  Statement,
} from '../driver.ts';
import { badRequest } from '../failure.ts';
import { brokerSocket } from '../../http/broker.ts';
import { alreadyConnected, tunnelTo } from './tunnel.ts';
import { watched, within } from './watched-socket.ts';

/** Types by their fixed numbers (PostgreSQL, pg_type.dat). */
const KINDS: Readonly<Record<number, DatabaseKind>> = {
  16: 'boolean',
  17: 'binary',
  20: 'bigint',
  21: 'integer',
  23: 'integer',
  25: 'text',
  26: 'bigint',
  114: 'json',
  700: 'float',
  701: 'float',
  1042: 'text',
  1043: 'text',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamp',
  1266: 'time',
  1700: 'decimal',
  2950: 'uuid',
  3802: 'json',
};

/** Lists of these types, by their own numbers. */
const ITEMS: Readonly<Record<number, DatabaseKind>> = {
  199: 'json',
  1000: 'boolean',
  1001: 'binary',
  1005: 'integer',
  1007: 'integer',
  1009: 'text',
  1014: 'text',
  1015: 'text',
  1016: 'bigint',
  1021: 'float',
  1022: 'float',
  1115: 'timestamp',
  1182: 'date',
  1183: 'time',
  1185: 'timestamp',
  1231: 'decimal',
  2951: 'uuid',
  3807: 'json',
};

const columnOf = ({ name, dataTypeID }: { name: string; dataTypeID: number }): ResultColumn => {
  const items = ITEMS[dataTypeID];
  return items === undefined ? { name, kind: KINDS[dataTypeID] ?? 'other' } : { name, kind: 'array', items };
};

/** Functions that may change something between calls, and yet do nothing but tell. */
const HARMLESS =
  /^(?:random|clock_timestamp|timeofday|gen_random_uuid|uuid_generate_v\w+|pg_table_size|pg_relation_size|pg_total_relation_size|pg_indexes_size|pg_database_size|currval|lastval)$/;

class PostgresSession implements Session {
  readonly #client: Client;
  readonly #socket: Socket;
  isOpen = true;
  isInTransaction = false;

  constructor(client: Client, socket: Socket) {
    this.#client = client;
    this.#socket = socket;
    const end = (): void => {
      this.isOpen = false;
    };
    client.on('error', end);
    client.on('end', end);
  }

  async #ask(text: string, params: readonly unknown[], limits: Pick<RunLimits, 'timeoutMs' | 'mostBytes'>) {
    if (!this.isOpen) throw Object.assign(new Error('the connection is gone'), { code: 'DATABASE_LOST' });
    this.#socket.ref();
    try {
      const asked = (): Promise<QueryArrayResult<(string | null)[]>> =>
        this.#client.query<(string | null)[]>({ text, values: [...params], rowMode: 'array' });
      // The server ends a statement itself; this is for one that does not answer any more.
      return await within(limits.timeoutMs + 2_000, watched(this.#socket, limits.mostBytes, asked), () =>
        this.close(),
      );
    } finally {
      this.#socket.unref();
    }
  }

  async #command(text: string, timeoutMs = 30_000): Promise<void> {
    await this.#ask(text, [], { timeoutMs, mostBytes: 1_048_576 });
  }

  async begin(mode: 'read' | 'write', timeoutMs: number): Promise<void> {
    this.isInTransaction = true;
    await this.#command(mode === 'read' ? 'BEGIN READ ONLY' : 'BEGIN');
    await this.#command(`SET LOCAL statement_timeout = ${Math.trunc(timeoutMs)}`);
  }

  async end(outcome: 'commit' | 'rollback'): Promise<void> {
    await this.#command(outcome === 'commit' ? 'COMMIT' : 'ROLLBACK');
    this.isInTransaction = false;
  }

  async run({ text, params }: Statement, limits: RunLimits): Promise<ResultRows> {
    const { fields, rows, rowCount } = await this.#ask(text, params, limits);
    return { columns: fields.map(columnOf), rows: rows.slice(0, limits.mostRows), affected: rowCount ?? 0 };
  }

  /** By a cursor: it takes nothing but a reading statement, and rows beyond the limit are never sent. */
  async query({ text, params }: Statement, limits: QueryLimits): Promise<ResultRows> {
    await this.#refuseVolatile(limits);
    await this.#ask(`DECLARE caller NO SCROLL CURSOR FOR ${text}`, params, limits);
    return this.run({ text: `FETCH ${Math.trunc(limits.mostRows)} FROM caller`, params: [] }, limits);
  }

  /** A read-only transaction does not hold what reaches out of the tables: files, other sessions, other servers. */
  async #refuseVolatile(limits: QueryLimits): Promise<void> {
    const names = limits.functions.filter((name) => !HARMLESS.test(name));
    if (names.length === 0) return;
    const { rows } = await this.run(
      {
        text: "SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE provolatile = 'v' AND proname = ANY ($1::name[])",
        params: [`{${names.map((name) => `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`],
      },
      { ...limits, mostRows: 10 },
    );
    if (rows.length === 0) return;
    const found = rows.map(([name]) => String(name)).join(', ');
    throw badRequest(`Functions that may do more than read are not taken: ${found}.`);
  }

  close(): void {
    this.isOpen = false;
    this.#client.end().catch(() => undefined);
    this.#socket.destroy();
  }
}

/** PostgreSQL by `pg`; every value travels as text, so that none is rounded on its way. */
export const postgresql: Driver = {
  engine: 'postgresql',
  async open({ url = '', host }: DatabaseAddress, { timeoutMs }: OpenOptions): Promise<Session> {
    const { default: pg } = await import('pg');
    const connectMs = Math.min(timeoutMs, 15_000);
    const broker = brokerSocket();
    const socket =
      broker === undefined || host === undefined
        ? new Socket()
        : alreadyConnected(await tunnelTo(broker, host, connectMs));
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectMs,
      application_name: 'counterpart',
      stream: () => socket,
      types: { getTypeParser: () => (text: string | Buffer) => text },
    });
    const session = new PostgresSession(client, socket);
    try {
      await client.connect();
      await client.query(
        "SET DateStyle TO ISO; SET IntervalStyle TO iso_8601; SET TimeZone TO 'UTC'; SET bytea_output TO hex; SET standard_conforming_strings TO on; SET extra_float_digits TO 1",
      );
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  },
};
