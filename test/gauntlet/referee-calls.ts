import type { JsonObject, Operation, ToolDefinition } from '@counterpart/schemas';
import type { Called, Running } from './built-subject.ts';
import type { Counter } from './referee/counter.ts';
import { startReferee } from './referee/prism.ts';
import { withoutAnswerSchemas } from './referee/requests-only.ts';
import { routeOf, sliceDescription, type OperationPlace } from './referee/slice.ts';
import type { Tree } from './referee/tree.ts';
import { placeOf } from './operation-places.ts';
import { sampleArguments } from './sample-arguments.ts';

/** Operations the referee is given at a time: it reads all of them before the first request. */
const CHUNK = 80;

/** A call that the referee, or the tool itself, did not take. */
export interface Refusal {
  readonly tool: string;
  readonly optional: boolean;
  readonly why: string;
  readonly input: JsonObject | undefined;
  /** Why the referee is in error here: such a call counts neither as taken nor as refused. */
  readonly misreading?: string | undefined;
}

/** What became of the calls of one description. */
export interface Judged {
  readonly calls: number;
  /** Calls set aside, not in `calls`: the referee errs about them. */
  readonly misread: readonly Refusal[];
  readonly accepted: number;
  readonly refusals: readonly Refusal[];
  /** Why parts of the description could not be judged. */
  readonly unjudged: readonly string[];
}

/** Calls every tool with its required arguments and with all of them, against the referee reading the same description. */
export async function judgeCalls(
  root: Tree,
  { operations, running, counter }: { operations: readonly Operation[]; running: Running; counter: Counter },
): Promise<Judged> {
  const tools = new Map(running.tools.map((tool) => [tool.name, tool]));
  const requests = withoutAnswerSchemas(root);
  const refusals: Refusal[] = [];
  const unjudged: string[] = [];
  let calls = 0;
  for (const chunk of chunksOf(operations, placeOf)) {
    const trials = chunk.flatMap(({ name }): Trial[] =>
      [false, true].map((optional) => ({ tool: tools.get(name), name, optional })),
    );
    try {
      await using referee = await startReferee(sliceDescription(requests, chunk.map(placeOf)));
      counter.judge(referee.url);
      calls += trials.length;
      for (const trial of trials) refusals.push(...(await judge(trial, running, counter)));
    } catch (error) {
      unjudged.push(`${chunk.length} operations: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return judgedOf(calls, refusals, unjudged);
}

/** What became of calls, those set aside of which the referee has a wrong idea. */
export function judgedOf(tried: number, refused: readonly Refusal[], unjudged: readonly string[]): Judged {
  const misread = refused.filter(({ misreading }) => misreading !== undefined);
  const refusals = refused.filter(({ misreading }) => misreading === undefined);
  const calls = tried - misread.length;
  return { calls, misread, accepted: calls - refusals.length, refusals, unjudged };
}

/** At most `CHUNK` items each, and no two of one method and route. */
export function chunksOf<Item>(
  items: readonly Item[],
  place: (item: Item) => OperationPlace,
): readonly (readonly Item[])[] {
  const chunks: { readonly routes: Set<string>; readonly items: Item[] }[] = [];
  for (const item of items) {
    const { path, method } = place(item);
    const route = `${method} ${routeOf(path)}`;
    let chunk = chunks.find((one) => one.items.length < CHUNK && !one.routes.has(route));
    if (chunk === undefined) {
      chunk = { routes: new Set(), items: [] };
      chunks.push(chunk);
    }
    chunk.routes.add(route);
    chunk.items.push(item);
  }
  return chunks.map((chunk) => chunk.items);
}

interface Trial {
  readonly tool: ToolDefinition | undefined;
  readonly name: string;
  readonly optional: boolean;
}

/** Why a trial was refused; empty when it was taken. */
export async function judge(
  { tool, name, optional }: Trial,
  running: Running,
  counter: Counter,
): Promise<Refusal[]> {
  const refusal = (why: string, input?: JsonObject): Refusal[] => [{ tool: name, optional, why, input }];
  if (tool === undefined) return refusal('it is not listed');
  const input = sampleArguments(tool.inputSchema as JsonObject, { salt: name, optional });
  if (input === undefined) return refusal('no valid arguments were found');
  counter.take();
  const called = await attempt(running, name, input);
  const last = counter.take().at(-1);
  if (last === undefined) return refusal(`no request: ${called.text}`, input);
  if (last.status < 400) return [];
  const why = `${last.method} ${last.target} ${last.status}: ${last.detail}`;
  return refusal(why, input).map((one) => ({ ...one, misreading: last.misreading }));
}

/** Calls a tool; a failure of the protocol is an error of the call. */
export async function attempt(running: Running, name: string, input: JsonObject): Promise<Called> {
  try {
    return await running.call(name, input);
  } catch (error) {
    return { isError: true, structured: undefined, text: error instanceof Error ? error.message : 'failed' };
  }
}
