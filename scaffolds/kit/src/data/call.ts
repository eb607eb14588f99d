import type { Blueprint, DataCall, DataSource, Operation } from '@counterpart/schemas';
import { baseUrlName, sourceName } from '../compile/env-names.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import type { Sent } from '../http/send.ts';
import { timeoutMs } from '../interpret/settings.ts';
import type { Arguments, ToolContext } from '../tool.ts';
import { count, describe, get, list, summarize, type Answer, type Rows } from './actions.ts';
import { openBytes } from './bytes.ts';
import { Notes } from './notes.ts';
import { rowOfValue, rowsOf } from './rows.ts';

export interface DataRequest {
  readonly blueprint: Blueprint;
  readonly operation: Operation;
  readonly call: DataCall;
  readonly env: Env;
}

/** Where the rows are now: the setting of the source wins, then the one of the service, then what was described. */
function locationOf(
  { blueprint: { id }, operation, env }: DataRequest,
  source: DataSource,
): string | undefined {
  const own = env(sourceName(id));
  if (own !== undefined) return own;
  const base = env(baseUrlName(id));
  return base === undefined ? source.location : `${base.replace(/\/+$/, '')}${operation.http.path}`;
}

async function* inline({ rows = [], columns }: DataSource): Rows {
  yield rows.map((row) => rowOfValue(row, columns));
}

async function answerOf(
  { action }: DataCall,
  source: DataSource,
  rows: () => Rows,
  args: Arguments,
): Promise<Answer> {
  if (action === 'describe') return describe(source);
  const act = { list, get, count, summarize }[action];
  return act(source, rows(), args);
}

/** Answers a call of a data tool, reading its source row by row. Throws ToolFailure. */
export async function callData(
  request: DataRequest,
  args: Arguments,
  { signal }: Pick<ToolContext, 'signal'>,
): Promise<Sent> {
  const { blueprint, call, env } = request;
  const source = blueprint.data?.sources.find(({ name }) => name === call.source);
  if (source === undefined) throw new ToolFailure(`The server has no source ${call.source}.`);
  const location = locationOf(request, source);
  const notes = new Notes();
  const open = { signal, setting: sourceName(blueprint.id), timeoutMs: timeoutMs(env, blueprint.id) };
  const rows = (): Rows =>
    location === undefined ? inline(source) : rowsOf(openBytes(location, open), source, notes);
  const here = location === undefined ? source : { ...source, location };
  const answer = await answerOf(call, here, rows, args);
  const said = notes.list();
  const body = JSON.stringify(said.length === 0 ? answer : { ...answer, notes: said });
  return {
    status: 200,
    statusText: '',
    truncated: false,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
    url: location ?? '',
  };
}
