import {
  answerDatabase,
  openSqlite,
  type DatabaseFailure,
  type Driver,
  type Session,
} from '@counterpart/kit/database';
import type { Blueprint, Json, Operation } from '@counterpart/schemas';
import { toResponse } from '../answer/problem.ts';
import type { DecodedRequest } from '../request/decode-request.ts';
import type { MirrorState } from '../state/mirror-state.ts';
import { mirrorStatements } from './definition.ts';
import { createSeeds } from './seeds.ts';

/** What answers the calls of a database tool: rows, not what a schema allows. */
export interface DatabaseRoom {
  answer(operation: Operation, args: Readonly<Record<string, Json>>, signal: AbortSignal): Promise<Json>;
}

export interface RoomOptions {
  readonly seed?: number;
  readonly seedRows?: number;
}

const LIMITS = { timeoutMs: 30_000, mostRows: 1, mostBytes: 1_048_576 };

/** A database that lives in memory, in a process of its own, and is made again when the mirror's state is. */
function memoryDriver(blueprint: Blueprint, state: MirrorState, options: RoomOptions): Driver {
  let open: Session | undefined;
  state.onChange(({ kind }) => {
    if (kind === 'reset' || kind === 'restored') open?.close();
  });
  return {
    engine: 'sqlite',
    async open(_, { timeoutMs }) {
      const session = await openSqlite(':memory:', { timeoutMs, writable: true });
      const { database: facet } = blueprint;
      if (facet !== undefined) {
        const seeds = createSeeds(facet, { seed: options.seed ?? 1, rows: options.seedRows ?? 5 });
        for (const statement of mirrorStatements(facet, seeds)) await session.run(statement, LIMITS);
      }
      open = session;
      return session;
    },
  };
}

/** The room of a database's mirror. One call at a time: all of them share one memory. */
export function databaseRoom(
  blueprint: Blueprint,
  state: MirrorState,
  options: RoomOptions,
): DatabaseRoom | undefined {
  if (blueprint.database === undefined) return undefined;
  const mirrored = { ...blueprint, database: { ...blueprint.database, location: ':memory:' } };
  const drivers = [memoryDriver(blueprint, state, options)];
  let last: Promise<unknown> = Promise.resolve();
  return {
    answer({ database: call }, args, signal) {
      if (call === undefined) return Promise.resolve(null);
      const ask = (): Promise<Json> =>
        answerDatabase({ blueprint: mirrored, call, env: () => undefined, drivers }, args, signal);
      const answered = last.then(ask, ask);
      last = answered.catch(() => undefined);
      return answered;
    },
  };
}

/** What a decoded request gives to its tool. */
export function argumentsOf({ parameters, body }: DecodedRequest): Record<string, Json> {
  const given = parameters.flatMap(({ binding, value }): [string, Json][] =>
    value === undefined ? [] : [[binding.key, value]],
  );
  return { ...Object.fromEntries(given), ...(body === undefined ? {} : { body: body.value }) };
}

const TITLES: Readonly<Record<DatabaseFailure['status'], string>> = {
  400: 'The request does not fit the tables',
  404: 'There is no such row',
  409: 'The database refuses these values',
  413: 'The answer is too large',
  502: 'The database cannot be used',
  503: 'The database cannot be reached',
  504: 'The statement took too long',
};

/** A failure as a problem document (RFC 9457). */
export const failureResponse = ({ status, text }: DatabaseFailure): Response =>
  toResponse({ status, slug: 'database', title: TITLES[status], detail: text });
