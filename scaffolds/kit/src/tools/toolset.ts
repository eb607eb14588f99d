import type { Blueprint, Operation, ToolDefinition } from '@counterpart/schemas';
import { listTools } from '../compile/tool-definition.ts';
import type { Driver } from '../database/driver.ts';
import { discreet, secretValues } from '../credentials/discreet.ts';
import type { Env } from '../env.ts';
import { compiledTool } from '../interpret/operation.ts';
import type { ServerPackage } from '../package.ts';
import type { KeptResults } from '../results/kept-results.ts';
import type { JsonText } from '../protocol/rpc.ts';
import type { Tool } from './tool.ts';

/** All tools of a server, hand-written ones in the place of compiled ones of their name. */
export interface Toolset {
  /** JSON text of the array of definitions, in stable order. */
  text(): Promise<JsonText>;
  /** Names in the order of the list. */
  names(): Promise<readonly string[]>;
  find(name: string): Promise<Tool | undefined>;
}

export interface ToolsetOptions {
  readonly tools: readonly Tool[];
  readonly env: Env;
  /** Keeps answers that are too large to be passed on. */
  readonly results?: KeptResults | undefined;
  /** How databases are spoken to. */
  readonly drivers?: readonly Driver[] | undefined;
  /** The manifest names a blueprint. */
  readonly hasBlueprint: boolean;
}

type OwnTools = ReadonlyMap<string, Tool>;

/** Hand-written definitions in the place of compiled ones of their name, the others after them. */
function merge(compiled: readonly ToolDefinition[], own: OwnTools): ToolDefinition[] {
  const names = new Set(compiled.map(({ name }) => name));
  const added = [...own.values()].filter(({ definition }) => !names.has(definition.name));
  return [
    ...compiled.map((definition) => own.get(definition.name)?.definition ?? definition),
    ...added.map(({ definition }) => definition),
  ];
}

/** `tools.json` as it stands; parsed only where hand-written tools may change it, compiled only where it is missing. */
async function listText(server: ServerPackage, own: OwnTools, hasBlueprint: boolean): Promise<JsonText> {
  const known = hasBlueprint ? await server.toolsText() : undefined;
  if (known !== undefined && own.size === 0) return [known];
  const compiled = known
    ? (JSON.parse(known.toString()) as ToolDefinition[]) // written by the build, covered by the manifest's hashes
    : await compile(server, hasBlueprint);
  return [JSON.stringify(merge(compiled, own))];
}

async function compile(server: ServerPackage, hasBlueprint: boolean): Promise<ToolDefinition[]> {
  const blueprint = hasBlueprint ? await server.blueprint() : undefined;
  return blueprint === undefined ? [] : listTools(blueprint);
}

const operationOf = (blueprint: Blueprint | undefined, name: string): Operation | undefined =>
  blueprint?.operations.find((operation) => operation.name === name);

/** Everything is read and made on first use, and then kept. */
export function createToolset(
  server: ServerPackage,
  { tools, env, results, drivers, hasBlueprint }: ToolsetOptions,
): Toolset {
  const secrets = secretValues(server.manifest, env);
  const own = new Map(tools.map((tool) => [tool.definition.name, discreet(tool, secrets)] as const));
  const ready = new Map<string, Tool>(own);
  const blueprint = async (): Promise<Blueprint | undefined> =>
    hasBlueprint ? server.blueprint() : undefined;
  let text: Promise<JsonText> | undefined;
  return {
    text: () => (text ??= listText(server, own, hasBlueprint)),
    async names() {
      const compiled = (await blueprint())?.operations.map(({ name }) => name) ?? [];
      return [...new Set([...compiled, ...own.keys()])];
    },
    async find(name) {
      const known = ready.get(name);
      if (known) return known;
      const described = await blueprint();
      const operation = operationOf(described, name);
      if (!described || !operation) return undefined;
      const tool = compiledTool({ blueprint: described, env, results, drivers }, operation);
      ready.set(name, tool);
      return tool;
    },
  };
}
