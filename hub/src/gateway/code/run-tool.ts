import { toCounterpartError } from '@counterpart/schemas';
import type { Called } from '../../code/answer.ts';
import type { CodeLimits } from '../../code/limits.ts';
import { hubTools } from '../../kernel/tools/hub-tools.ts';
import type { JsonMembers, ToolRoute } from '../../kernel/ports.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { misfit, type Offer, type OwnAsked, type OwnCall } from '../own/own-tool.ts';
import { outcomeResult } from './outcome-result.ts';

const SHORTEST_MS = 100;

/** Tools by the names they have in code, as JSON text; made once a snapshot of the catalog. */
const tables = new WeakMap<ReadonlyMap<string, ToolRoute>, string>();

function tableOf(tools: ReadonlyMap<string, ToolRoute>): string {
  const before = tables.get(tools);
  if (before !== undefined) return before;
  const table = JSON.stringify([...tools].map(([name, route]) => [route.server, route.name, name]));
  tables.set(tools, table);
  return table;
}

/** Reads a call of `run_code`. */
export function runTool({ tools }: Offer, given: JsonMembers, resultTokens: number | undefined): OwnCall {
  const { code, timeoutMs } = given;
  if (typeof code !== 'string' || code.trim() === '')
    return misfit(hubTools.run, 'code must be text: the body of an async JavaScript function');
  if (timeoutMs !== undefined && (typeof timeoutMs !== 'number' || !(timeoutMs >= SHORTEST_MS)))
    return misfit(hubTools.run, `timeoutMs must be a number, at least ${SHORTEST_MS}`);
  return {
    kind: 'own',
    answer: async (asked) => {
      const { core, client, signal, progress } = asked;
      const limits = within(core.code.limits, timeoutMs);
      const task = {
        code,
        table: tableOf(tools),
        limits,
        call: (tool: string, args: JsonMembers, ended: AbortSignal) => callTool(asked, tool, args, ended),
        signal,
        onAnswered: (count: number, tool: string) => progress(count, `${tool} answered`),
      };
      const outcome = await core.code.run(task, asked.selector.principal);
      return outcomeResult(outcome, limits, resultTokens, (text) => core.results.keep(client, text));
    },
  };
}

const within = (limits: CodeLimits, timeoutMs: number | undefined): CodeLimits =>
  timeoutMs === undefined ? limits : { ...limits, ownMs: Math.min(timeoutMs, limits.ownMs) };

/** The same names, policy and servers as any other call; whoever asked for the run can be asked by its tools. */
async function callTool(
  { core, selector, caller, ask }: OwnAsked,
  tool: string,
  args: JsonMembers,
  signal: AbortSignal,
): Promise<Called> {
  try {
    const result = await core.calls.call({
      view: selector,
      tool,
      arguments: args,
      via: 'code',
      exact: true,
      caller: ask ? caller : { ...caller, capabilities: {} },
      signal,
      ask,
    });
    return { kind: 'result', result };
  } catch (thrown) {
    if (thrown instanceof RpcFailure) return { kind: 'failure', message: thrown.message };
    return { kind: 'failure', message: toCounterpartError(thrown).words };
  }
}
