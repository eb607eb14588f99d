import type { Blueprint, Json, JsonSchema, Operation, ToolDefinition } from '@counterpart/schemas';
import { isList } from '../json-value.ts';
import { toolInput } from './added-input.ts';
import { loosen, loosenAny } from './loosen.ts';
import { outlineOf } from './outline.ts';
import { shortenInput } from './shorten.ts';
import { reachableTypes, resolveSchema, typesByName } from './references.ts';

type Keywords = { readonly [keyword: string]: Json };
type ObjectSchema = ToolDefinition['inputSchema'];

/**
 * Largest output schema in bytes by size of the server, and of the outline that stands in for a larger one: a list of a
 * thousand tools must stay a few megabytes.
 */
const OUTPUT_BUDGETS = [
  { operations: 64, bytes: 32_768, outline: 4_096 },
  { operations: 256, bytes: 8_192, outline: 2_048 },
  { operations: Number.POSITIVE_INFINITY, bytes: 2_048, outline: 800 },
] as const;

type OutputBudget = (typeof OUTPUT_BUDGETS)[number];
const LEAST = OUTPUT_BUDGETS[2];

/** Bytes of the largest answer's schema that a tool of a server with so many operations lists whole. */
export const outputBytesFor = (operations: number): number =>
  OUTPUT_BUDGETS.find((row) => operations <= row.operations)?.bytes ?? LEAST.bytes;

/** What the operation was first listed with, else what the size of its server gives. */
const budgetOf = ({ operations }: Blueprint, { outputBytes }: Operation): OutputBudget => {
  const bytes = outputBytes ?? outputBytesFor(operations.length);
  return OUTPUT_BUDGETS.find((row) => row.bytes <= bytes) ?? LEAST;
};

function withTypes(schema: Keywords, types: ReadonlyMap<string, JsonSchema>): ObjectSchema {
  return types.size === 0
    ? { ...schema, type: 'object' }
    : { ...schema, type: 'object', $defs: Object.fromEntries(types) };
}

function isObjectSchema(schema: JsonSchema | undefined, types: Blueprint['types'], depth = 0): boolean {
  const resolved = resolveSchema(schema, types);
  if (!resolved || depth > 16) return false;
  const { type, properties, allOf } = resolved;
  if (type !== undefined) {
    const names = [type].flat().filter((name) => name !== 'null');
    return names.length === 1 && names[0] === 'object';
  }
  if (properties !== undefined) return true;
  const every = resolved['anyOf'] ?? resolved['oneOf'];
  const isObject = (part: Json): boolean => isObjectSchema(part as JsonSchema, types, depth + 1);
  if (isList(every) && every.length > 0) return every.every(isObject);
  return isList(allOf) && allOf.some(isObject);
}

/** True when the answer's JSON is not an object by its schema: it then travels as `{ result: <answer> }`. */
export function isWrapped(
  blueprint: Pick<Blueprint, 'types'>,
  operation: Pick<Operation, 'output'>,
): boolean {
  return operation.output !== undefined && !isObjectSchema(operation.output, blueprint.types);
}

/**
 * The loosened schema of the structured answer, above the budget its upper levels only; undefined when the operation has
 * none. A root that is a reference is written out, because clients want `type: object` there.
 */
function outputSchema(blueprint: Blueprint, operation: Operation): ObjectSchema | undefined {
  const { output } = operation;
  if (output === undefined) return undefined;
  const wrapped = isWrapped(blueprint, operation);
  const budget = budgetOf(blueprint, operation);
  const root: Keywords = wrapped
    ? { properties: { result: loosenAny(output) } }
    : loosen(resolveSchema(output, blueprint.types) ?? {});
  const typeOf = typesByName(blueprint.types);
  const types = reachableTypes(root, {
    typeOf: (name) => loosenAny(typeOf(name)),
    mostBytes: budget.bytes,
  });
  if (types) return withTypes(root, types);
  const outline = outlineOf(output, blueprint.types, budget.outline);
  return withTypes(wrapped ? { properties: { result: outline } } : outline, new Map());
}

/**
 * An operation as `tools/list` shows it. Schemas carry only the types they reach, as `$defs`, never inlined. The output
 * schema is looser than the description and cut to its upper levels above a size; the input schema is exact.
 */
export function toToolDefinition(blueprint: Blueprint, operation: Operation): ToolDefinition {
  const input = toolInput(blueprint, operation);
  const output = outputSchema(blueprint, operation);
  const types = reachableTypes(input, { typeOf: typesByName(blueprint.types) });
  return {
    name: operation.name,
    ...(operation.title === undefined ? {} : { title: operation.title }),
    description: operation.description,
    inputSchema: shortenInput(withTypes(input, types ?? new Map())),
    ...(output === undefined ? {} : { outputSchema: output }),
    annotations: {
      ...(operation.title === undefined ? {} : { title: operation.title }),
      readOnlyHint: operation.effect === 'read',
      destructiveHint: operation.effect === 'destructive',
      idempotentHint: operation.idempotent,
      openWorldHint: true,
    },
  };
}

/** Every operation of the blueprint as a tool, in the blueprint's order. */
export function listTools(blueprint: Blueprint): ToolDefinition[] {
  return blueprint.operations.map((operation) => toToolDefinition(blueprint, operation));
}
