import type { Blueprint, DataCall, DataSource, Json, Operation } from '@counterpart/schemas';
import { baseUrlName, sourceName } from '../compile/credentials/env-names.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import type { Sent } from '../http/send.ts';
import { timeoutMs } from '../interpret/settings.ts';
import type { Arguments, ToolContext } from '../tools/tool.ts';
import { count, describe, get, list, summarize, type Answer, type Rows } from './actions.ts';
import { openBytes } from './reading/bytes.ts';
import type { Window } from './formats/record.ts';
import { Notes } from './notes.ts';
import { inlineRow, rowsOf } from './rows.ts';

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

const DAY_MS = 86_400_000;
/** Where a window of a calendar is open at one end. */
const USUAL_WINDOW_MS = 366 * DAY_MS;

function momentOf(value: Json | undefined, name: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const moment = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new ToolFailure(`${name}: give a date such as 2024-01-31, or a time such as 2024-01-31T10:00:00Z.`);
}

/** The window that a caller asks for; open at one end, it is a year long. Throws ToolFailure. */
function windowOf(args: Arguments): Window | undefined {
  const [from, to] = [momentOf(args['from'], 'from'), momentOf(args['to'], 'to')];
  if (from === undefined && to === undefined) return undefined;
  const begin = from ?? (to ?? 0) - USUAL_WINDOW_MS;
  const end = to ?? begin + USUAL_WINDOW_MS;
  if (end > begin) return { from: begin, to: end };
  throw new ToolFailure('to: give a time that is after from.');
}

async function* inline(source: DataSource): Rows {
  const { rows = [] } = source;
  yield rows.map((row) => inlineRow(row, source));
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
    location === undefined
      ? inline(source)
      : rowsOf(openBytes(location, open), { source, notes, window: windowOf(args) });
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
