/** What readers, mirrors and translations share with the kit; a server itself loads the files below with its first call. */
export { isDatabaseUrl, parseDatabaseUrl, type DatabaseAddress } from './address.ts';
export { answerDatabase, type DatabaseRequest } from './call.ts';
export type { BoundValue, Driver, RawValue, ResultRows, RunLimits, Session, Statement } from './driver.ts';
export { DatabaseFailure, failureOf } from './failure.ts';
export { runSqlite } from './engines/sqlite-run.ts';
export { openSqlite, sqlite, sqliteErrorCode, sqliteKind, sqliteRows } from './engines/sqlite.ts';
export { dialectOf } from './statements/dialect.ts';
export { bindValue } from './statements/bind.ts';
export { FILTER_OPS } from './statements/filters.ts';
