import type { Blueprint, ToolDefinition } from '@counterpart/schemas';
import { listTools } from './compile/tool-definition.ts';
import { discreet, secretValues } from './discreet.ts';
import type { Env } from './env.ts';
import { compiledTool } from './interpret/operation.ts';
import type { ServerPackage } from './package.ts';
import type { Tool } from './tool.ts';

/** All tools of a server, hand-written ones in the place of compiled ones of their name. */
export interface Toolset {
  /** JSON text of the array of definitions, in stable order. */
  text(): Promise<string>;
  /** Names in the order of the list. */
  names(): Promise<readonly string[]>;
  find(name: string): Promise<Tool | undefined>;
}

interface Listed {
  readonly definitions: ReadonlyMap<string, ToolDefinition>;
  readonly text: string;
}

/** Compiled definitions come from `tools.json`, so that a list needs no blueprint; without it they are compiled here. */
async function compiledDefinitions(server: ServerPackage): Promise<readonly ToolDefinition[]> {
  const known = await server.tools();
  if (known !== undefined) return known;
  const blueprint = await server.blueprint();
  return blueprint === undefined ? [] : listTools(blueprint);
}

async function list(
  server: ServerPackage,
  own: ReadonlyMap<string, Tool>,
  hasBlueprint: boolean,
): Promise<Listed> {
  const compiled = hasBlueprint ? await compiledDefinitions(server) : [];
  const definitions = new Map(
    compiled.map(
      (definition) => [definition.name, own.get(definition.name)?.definition ?? definition] as const,
    ),
  );
  for (const [name, tool] of own) if (!definitions.has(name)) definitions.set(name, tool.definition);
  return { definitions, text: JSON.stringify([...definitions.values()]) };
}

function operationOf(
  blueprint: Blueprint | undefined,
  name: string,
): Blueprint['operations'][number] | undefined {
  return blueprint?.operations.find((operation) => operation.name === name);
}

export interface ToolsetOptions {
  readonly tools: readonly Tool[];
  readonly env: Env;
  /** The manifest names a blueprint. */
  readonly hasBlueprint: boolean;
}

/** Everything is read and made on first use, and then kept. */
export function createToolset(server: ServerPackage, { tools, env, hasBlueprint }: ToolsetOptions): Toolset {
  const secrets = secretValues(server.manifest, env);
  const own = new Map(tools.map((tool) => [tool.definition.name, discreet(tool, secrets)] as const));
  const ready = new Map<string, Tool>(own);
  let listed: Promise<Listed> | undefined;
  const all = (): Promise<Listed> => (listed ??= list(server, own, hasBlueprint));
  return {
    text: async () => (await all()).text,
    names: async () => [...(await all()).definitions.keys()],
    async find(name) {
      const known = ready.get(name);
      if (known) return known;
      const definition = (await all()).definitions.get(name);
      const blueprint = definition ? await server.blueprint() : undefined;
      const operation = operationOf(blueprint, name);
      if (!definition || !blueprint || !operation) return undefined;
      const tool = compiledTool({ blueprint, env }, operation, definition);
      ready.set(name, tool);
      return tool;
    },
  };
}
