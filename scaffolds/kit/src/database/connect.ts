import { setTimeout as delay } from 'node:timers/promises';
import type { Blueprint } from '@counterpart/schemas';
import { databaseUrlName, timeoutName } from '../compile/credentials/env-names.ts';
import type { Env } from '../env.ts';
import { timeoutMs } from '../interpret/settings.ts';
import { parseDatabaseUrl, type DatabaseAddress } from './address.ts';
import type { Driver, Session } from './driver.ts';
import { DatabaseFailure, failureOf, type FailureContext } from './failure.ts';
import { SessionPool } from './pool.ts';

/** What is read of one answer at most; memory stays bounded whatever a row holds. */
export const MOST_ANSWER_BYTES = 32 * 1024 * 1024;

/** A database that can be asked. */
export interface Database {
  readonly address: DatabaseAddress;
  readonly timeoutMs: number;
  /** Runs `work` in a transaction of its own. Rejects with DatabaseFailure. */
  transaction<T>(
    mode: 'read' | 'write',
    signal: AbortSignal,
    work: (session: Session) => Promise<T>,
  ): Promise<T>;
}

/** By address and rights: a server keeps its connections from call to call. */
const pools = new WeakMap<Driver, Map<string, SessionPool>>();

function poolOf(
  driver: Driver,
  address: DatabaseAddress,
  options: { timeoutMs: number; writable: boolean },
): SessionPool {
  const key = JSON.stringify([address, options.writable]);
  const own = pools.get(driver) ?? new Map<string, SessionPool>();
  pools.set(driver, own);
  let pool = own.get(key);
  if (pool === undefined) {
    pool = new SessionPool(() => driver.open(address, options));
    own.set(key, pool);
  }
  return pool;
}

function addressOf({ id, database }: Blueprint, env: Env): DatabaseAddress {
  const setting = databaseUrlName(id);
  const given = env(setting);
  if (given !== undefined) {
    const address = parseDatabaseUrl(given);
    if (address !== undefined) return address;
    throw new DatabaseFailure(
      502,
      `${setting} is no connection string.`,
      'Give postgres://user:password@host/database, mysql://user:password@host/database or sqlite:path.',
    );
  }
  const { location } = database ?? {};
  if (location !== undefined) return { engine: 'sqlite', file: location, shown: location };
  throw new DatabaseFailure(
    502,
    'The server was told of no database.',
    `Set ${setting} to its connection string.`,
  );
}

async function aborted(signal: AbortSignal): Promise<never> {
  await delay(2 ** 31 - 1, undefined, { signal, ref: false }).catch(() => undefined);
  signal.throwIfAborted();
  throw new DatabaseFailure(504, 'The call took too long.');
}

/** The database that the settings name, spoken to by the driver of its kind. Throws DatabaseFailure. */
export function databaseOf(blueprint: Blueprint, env: Env, drivers: readonly Driver[]): Database {
  const address = addressOf(blueprint, env);
  const driver = drivers.find(({ engine }) => engine === address.engine);
  const setting = databaseUrlName(blueprint.id);
  if (driver === undefined)
    throw new DatabaseFailure(
      502,
      `This server does not speak to ${address.engine}.`,
      `Point ${setting} to a database of the kind that it was built from.`,
    );
  const context: FailureContext = {
    shown: address.shown,
    setting,
    timeoutName: timeoutName(blueprint.id),
    secrets: address.password === undefined ? [] : [address.password, encodeURIComponent(address.password)],
  };
  const limit = timeoutMs(env, blueprint.id);
  const pool = poolOf(driver, address, { timeoutMs: limit, writable: blueprint.database?.writable === true });
  return {
    address,
    timeoutMs: limit,
    async transaction(mode, signal, work) {
      const use = async (session: Session) => {
        try {
          await session.begin(mode, limit);
          const result = await work(session);
          await session.end('commit');
          return result;
        } catch (error) {
          if (session.isOpen) await session.end('rollback').catch(() => session.close());
          throw error;
        }
      };
      try {
        signal.throwIfAborted();
        const cancelled = new AbortController();
        const either = AbortSignal.any([signal, cancelled.signal]);
        return await pool
          .with((session) => Promise.race([use(session), aborted(either)]), { isRepeatable: mode === 'read' })
          .finally(() => cancelled.abort());
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(error, context);
      }
    },
  };
}
