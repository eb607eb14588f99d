import { lintTool } from '@counterpart/scaffolds/profiles/lint';
import type { Blueprint, Operation, ToolDefinition } from '@counterpart/schemas';

/** The parts of a tool's definition that models are given; composed here so that the reader is judged alone. */
function inputDefinition(blueprint: Blueprint, operation: Operation): ToolDefinition {
  const input = typeof operation.input === 'boolean' ? {} : operation.input;
  const names = typesUnder(input);
  for (const name of names) for (const found of typesUnder(blueprint.types[name])) names.add(found);
  const defs = Object.fromEntries([...names].map((name) => [name, blueprint.types[name] ?? false]));
  return {
    name: operation.name,
    description: operation.description,
    inputSchema: { ...input, type: 'object', ...(names.size > 0 ? { $defs: defs } : {}) },
  };
}

function typesUnder(node: unknown): Set<string> {
  const text = JSON.stringify(node) ?? '';
  return new Set([...text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map((match) => match[1] ?? ''));
}

/** Why a tool is not good: it fails a client, or lacks an input that a request needs. Empty: it is good. */
export function faultsOf(blueprint: Blueprint, operation: Operation): string[] {
  const definition = inputDefinition(blueprint, operation);
  const lint = lintTool(definition).map(({ profile, rule, detail }) => `${profile}: ${rule}: ${detail}`);
  return [...lint, ...missingInputs(operation, definition)];
}

function missingInputs({ http }: Operation, { inputSchema }: ToolDefinition): string[] {
  const properties = inputSchema['properties'];
  const has = (key: string): boolean =>
    typeof properties === 'object' && properties !== null && Object.hasOwn(properties, key);
  const declared = http.parameters.filter(({ key }) => !has(key)).map(({ name }) => `no input for ${name}`);
  const bound = new Set(
    http.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
  );
  const named = [...http.path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '');
  const unbound = named.filter((name) => !bound.has(name)).map((name) => `nothing fills {${name}}`);
  return [
    ...declared,
    ...unbound,
    ...(http.body !== undefined && !has('body') ? ['no input for the body'] : []),
  ];
}
