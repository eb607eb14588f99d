import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  failureOf,
  isDatabaseUrl,
  parseDatabaseUrl,
  sqlite,
  type DatabaseAddress,
  type Driver,
  type Session,
} from '@counterpart/kit/database';
import { hubError, type DatabaseEngine } from '@counterpart/schemas';
import type { SourceText } from '../source.ts';
import type { Catalog, CatalogTable } from './catalog.ts';
import { askOf, type Ask } from './introspect/ask.ts';

const TIMEOUT_MS = 30_000;
const SQLITE_MAGIC = 'SQLite format 3\0';
const SQLITE_NAME = /\.(?:sqlite3?|db3?|s3db|sl3)$/i;

async function isSqliteFile(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || !facts.isFile()) return false;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const head = Buffer.alloc(SQLITE_MAGIC.length);
    await file.read(head, 0, head.length, 0);
    return head.toString('latin1') === SQLITE_MAGIC || (facts.size === 0 && SQLITE_NAME.test(path));
  } finally {
    await file.close();
  }
}

async function addressOf(location: string): Promise<DatabaseAddress | undefined> {
  if (isDatabaseUrl(location)) {
    const address = parseDatabaseUrl(location);
    if (address === undefined)
      throw hubError('DATABASE_UNREADABLE', {
        source: `${location.slice(0, location.indexOf(':'))}:…`,
        detail: 'this is no connection string',
      });
    return address.file === undefined
      ? address
      : { ...address, file: resolve(address.file), shown: basename(address.file) };
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location) || location === '-' || !(await isSqliteFile(location)))
    return undefined;
  return { engine: 'sqlite', file: resolve(location), shown: basename(location) };
}

async function driverOf(engine: DatabaseEngine): Promise<Driver> {
  if (engine === 'postgresql') return (await import('@counterpart/kit/postgresql')).postgresql;
  if (engine === 'mysql') return (await import('@counterpart/kit/mysql')).mysql;
  return sqlite;
}

const VERSION: Readonly<Record<DatabaseEngine, string>> = {
  postgresql: "SELECT 'PostgreSQL ' || current_setting('server_version'), current_database()",
  mysql: 'SELECT VERSION(), DATABASE()',
  sqlite: "SELECT 'SQLite ' || sqlite_version(), ''",
};

async function tablesOf(engine: DatabaseEngine, ask: Ask): Promise<CatalogTable[]> {
  if (engine === 'postgresql') return (await import('./introspect/postgresql.ts')).postgresqlTables(ask);
  if (engine === 'mysql') return (await import('./introspect/mysql.ts')).mysqlTables(ask);
  return (await import('./introspect/sqlite.ts')).sqliteTables(ask);
}

async function catalogOf(address: DatabaseAddress, session: Session): Promise<Catalog> {
  await session.begin('read', TIMEOUT_MS);
  const ask = askOf(session);
  const [[version = '', database = ''] = []] = await ask(VERSION[address.engine]);
  if (address.engine === 'mysql' && (database ?? '') === '')
    throw hubError('DATABASE_UNREADABLE', {
      source: address.shown,
      detail: 'the address names no database: mysql://user:password@host/database',
    });
  const { engine, file, host } = address;
  const words = version ?? '';
  return {
    databaseCatalog: 1,
    engine,
    version:
      engine === 'mysql'
        ? `${/mariadb/i.test(words) ? 'MariaDB' : 'MySQL'} ${words.replace(/-.*/, '')}`
        : words.replace(/\s*\(.*\)$/, ''),
    database: file === undefined ? (database ?? '') : basename(file).replace(SQLITE_NAME, ''),
    ...(host === undefined ? {} : { host }),
    ...(file === undefined ? {} : { location: file }),
    tables: await tablesOf(engine, ask),
  };
}

/**
 * A database by its connection string, or an SQLite file by its path, as the text of its catalog; undefined for everything
 * else. Rejects with DATABASE_UNREADABLE, which shows no password.
 */
export async function openDatabase(location: string, signal?: AbortSignal): Promise<SourceText | undefined> {
  const address = await addressOf(location);
  if (address === undefined) return undefined;
  const driver = await driverOf(address.engine);
  let session: Session | undefined;
  const stop = (): void => session?.close();
  signal?.addEventListener('abort', stop);
  try {
    session = await driver.open(address, { timeoutMs: TIMEOUT_MS, writable: false });
    signal?.throwIfAborted();
    const catalog = await catalogOf(address, session);
    const text = JSON.stringify(catalog);
    return {
      text,
      location: address.shown,
      sha256: `sha256-${createHash('sha256').update(text).digest('hex')}`,
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(error, address);
  } finally {
    signal?.removeEventListener('abort', stop);
    session?.close();
  }
}

function unreadable(error: unknown, address: DatabaseAddress): Error {
  if (error instanceof Error && error.name === 'CounterpartError') return error;
  const { password } = address;
  const failure = failureOf(error, {
    shown: address.shown,
    setting: '--from',
    timeoutName: 'the limit',
    secrets: password === undefined ? [] : [password, encodeURIComponent(password)],
  });
  return hubError(
    'DATABASE_UNREADABLE',
    { source: address.shown, detail: failure.message.replace(/\.$/, '') },
    { cause: failure },
  );
}
