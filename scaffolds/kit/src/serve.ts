import { CounterpartError } from '@counterpart/schemas/errors';
import { toolContext } from './context.ts';
import { withHanded } from './credentials/handed.ts';
import type { Driver } from './database/driver.ts';
import { processEnv, type Env } from './env.ts';
import { ToolFailure } from './failure.ts';
import { isUnderHub } from './interpret/settings.ts';
import { KeptResults } from './results/kept-results.ts';
import { openPackage, type ServerPackage } from './package.ts';
import { RPC, RpcError } from './protocol/rpc.ts';
import type { CallRequest, Offer } from './protocol/offer.ts';
import { Session } from './protocol/session.ts';
import { guardStdout, runOnStdio } from './protocol/stdio.ts';
import { errorResult, type CallResult, type Tool } from './tools/tool.ts';
import { createToolset, type Toolset } from './tools/toolset.ts';
import { nearest } from './validate/nearest.ts';

export interface ServeOptions {
  /** Hand-written tools; one with a compiled tool's name takes its place. */
  readonly tools?: readonly Tool[];
  /** How the server speaks to its database, from `@counterpart/kit/postgresql` or `/mysql`; SQLite always can be. */
  readonly drivers?: readonly Driver[];
}

const LONGEST_INSTRUCTIONS = 2_000;
/** Of one part of a kept answer: about 12,000 tokens. */
const PAGE_CHARACTERS = 50_000;

async function findTool(tools: Toolset, name: string): Promise<Tool> {
  const tool = await tools.find(name);
  if (tool) return tool;
  const similar = nearest(name, await tools.names());
  throw new RpcError(
    RPC.invalidParams,
    `Unknown tool: ${name}${similar === undefined ? '' : `; did you mean ${similar}?`}`,
  );
}

/** A bug of a hand-written tool: the caller learns what failed, the log where. */
function bug(name: string, error: unknown): CallResult {
  process.stderr.write(
    `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return errorResult(
    `${name} failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`,
  );
}

async function call(
  server: ServerPackage,
  tools: Toolset,
  env: Env,
  request: CallRequest,
): Promise<CallResult> {
  const tool = await findTool(tools, request.name);
  try {
    return await tool.call(request.args, toolContext(server, env, request));
  } catch (error) {
    if (error instanceof ToolFailure) return errorResult(error.text);
    if (error instanceof CounterpartError) return errorResult(`${error.message}\n${error.fix}`);
    if (request.signal.aborted) return errorResult('The call was cancelled.');
    return bug(request.name, error);
  }
}

function offerOf(server: ServerPackage, tools: Toolset, env: Env, results: KeptResults | undefined): Offer {
  const { id, version, title, description } = server.manifest;
  return {
    info: { name: id, version, title },
    instructions: description?.slice(0, LONGEST_INSTRUCTIONS),
    toolsText: () => tools.text(),
    results,
    call: (request) => call(server, tools, env, request),
  };
}

/**
 * Serves the package at `root` (the directory of manifest.json) over standard input and output, to clients of
 * MCP 2026-07-28 and of 2025-11-25 and before. Resolves once it listens; the process ends when standard input does.
 */
export async function serve(root: URL, options: ServeOptions = {}): Promise<void> {
  const output = guardStdout();
  const [server, env] = await Promise.all([openPackage(root), withHanded(processEnv)]);
  const hasBlueprint = server.manifest.blueprint !== undefined;
  // The hub keeps what it cuts for each of its clients; a second store here would only cost it another list.
  const results =
    hasBlueprint && !isUnderHub(env) ? new KeptResults(server.manifest.id, PAGE_CHARACTERS) : undefined;
  const tools = createToolset(server, {
    tools: options.tools ?? [],
    env,
    results,
    drivers: options.drivers,
    hasBlueprint,
  });
  runOnStdio(new Session(offerOf(server, tools, env, results), (...line) => output.write(...line)), output);
}
