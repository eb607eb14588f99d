import type { DatabaseEngine } from '@counterpart/schemas';

/** Where a database is. */
export interface DatabaseAddress {
  readonly engine: DatabaseEngine;
  /** Path of an SQLite file. */
  readonly file?: string | undefined;
  /** The whole connection string of another database. */
  readonly url?: string | undefined;
  readonly password?: string | undefined;
  /** Without user, password and options: `postgresql://host:5432/shop`. */
  readonly shown: string;
  /** `host:port`; absent for files and sockets. */
  readonly host?: string | undefined;
}

const ENGINES: Readonly<Record<string, DatabaseEngine>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mysql',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
};
const PORTS: Readonly<Record<DatabaseEngine, string>> = { postgresql: '5432', mysql: '3306', sqlite: '' };

const schemeOf = (text: string): string => /^([a-z][a-z0-9]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';

/** True for a text that names a database by its scheme, well formed or not. */
export const isDatabaseUrl = (text: string): boolean => Object.hasOwn(ENGINES, schemeOf(text));

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A connection string (`postgres://`, `mysql://`, `mariadb://`, `sqlite:path`); undefined for a text that is none. */
export function parseDatabaseUrl(text: string): DatabaseAddress | undefined {
  const engine = ENGINES[schemeOf(text)];
  if (engine === undefined) return undefined;
  if (engine === 'sqlite') {
    const file = text.slice(text.indexOf(':') + 1).replace(/^\/\/(?=\/)/, '');
    return file === '' ? undefined : { engine, file, shown: file };
  }
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const socket = url.searchParams.get('host') ?? url.searchParams.get('socketPath');
  const isLocal = url.hostname === '' || url.hostname.startsWith('%2F') || socket?.startsWith('/') === true;
  const host = isLocal ? undefined : `${url.hostname}:${url.port === '' ? PORTS[engine] : url.port}`;
  return {
    engine,
    url: text,
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
    shown: `${engine}://${host ?? 'local'}${url.pathname}`,
    ...(host === undefined ? {} : { host }),
  };
}
