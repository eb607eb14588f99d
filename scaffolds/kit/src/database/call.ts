import type { Blueprint, DatabaseCall, Json } from '@counterpart/schemas';
import type { Env } from '../env.ts';
import type { Sent } from '../http/send.ts';
import type { Arguments } from '../tools/tool.ts';
import { get, insert, list, remove, select, summarize, update, type Acting } from './actions.ts';
import { databaseOf } from './connect.ts';
import type { Driver } from './driver.ts';
import { badRequest } from './failure.ts';
import { describeTables, tableOf } from './tables.ts';

export interface DatabaseRequest {
  readonly blueprint: Blueprint;
  readonly call: DatabaseCall;
  readonly env: Env;
  readonly drivers: readonly Driver[];
}

/** What a call of a database tool answers. Rejects with DatabaseFailure. */
export async function answerDatabase(
  { blueprint, call, env, drivers }: DatabaseRequest,
  args: Arguments,
  signal: AbortSignal,
): Promise<Json> {
  const { database: facet } = blueprint;
  if (facet === undefined) throw badRequest('The server knows no tables.');
  if (call.action === 'describe') return describeTables(facet, args);
  const acting: Acting = { facet, database: databaseOf(blueprint, env, drivers), signal };
  if (call.action === 'select') return select(acting, args);
  const act = { list, get, summarize, insert, update, delete: remove }[call.action];
  return act(acting, tableOf(facet, call.table), args);
}

/** Answers a call of a database tool as if a service had. Rejects with DatabaseFailure. */
export async function callDatabase(
  request: DatabaseRequest,
  args: Arguments,
  signal: AbortSignal,
): Promise<Sent> {
  const answer = await answerDatabase(request, args, signal);
  return {
    status: 200,
    statusText: '',
    truncated: false,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(answer)),
    url: '',
  };
}
