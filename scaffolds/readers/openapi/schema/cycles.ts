import type { JsonSchema } from '@counterpart/schemas';
import type { SchemaLoss } from './scope.ts';
import { mapSubschemas, referencedType, subschemas } from './walk.ts';

/**
 * Breaks references that come back to the same schema without going through a property or an item (`a` is `b`, `b` is `a`):
 * no value can be checked against them. Recursion through properties, items and maps stays.
 */
export function breakCycles(
  types: ReadonlyMap<string, JsonSchema>,
  lose: (loss: SchemaLoss) => void,
): Map<string, JsonSchema> {
  const result = new Map(types);
  const done = new Set<string>();
  for (const start of types.keys()) {
    const back = backReferences(start, types, done);
    for (const [from, targets] of back) {
      const schema = result.get(from);
      if (schema === undefined) continue;
      result.set(from, withoutReferences(schema, targets));
      lose({
        code: 'reference-cycle',
        severity: 'part',
        pointer: '#',
        reason: `of the type ${from} is defined by itself; the circle is cut there`,
      });
    }
  }
  return result;
}

/** Edges that close a circle, found by a depth-first walk with its own stack; by the type they start from. */
function backReferences(
  start: string,
  types: ReadonlyMap<string, JsonSchema>,
  done: Set<string>,
): Map<string, Set<string>> {
  const back = new Map<string, Set<string>>();
  const path = new Set<string>();
  const stack: { name: string; next: string[] }[] = [];
  const enter = (name: string): void => {
    path.add(name);
    stack.push({ name, next: [...sameValueTypes(types.get(name) ?? true)] });
  };
  if (!done.has(start)) enter(start);
  for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
    const target = at.next.pop();
    if (target === undefined) {
      stack.pop();
      path.delete(at.name);
      done.add(at.name);
    } else if (path.has(target)) back.set(at.name, (back.get(at.name) ?? new Set()).add(target));
    else if (!done.has(target)) enter(target);
  }
  return back;
}

function sameValueTypes(schema: JsonSchema, into = new Set<string>()): Set<string> {
  const own = referencedType(schema);
  if (own !== undefined) into.add(own);
  for (const sub of subschemas(schema, { inPlace: true })) sameValueTypes(sub, into);
  return into;
}

const IN_PLACE = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas']);

function withoutReferences(schema: JsonSchema, targets: ReadonlySet<string>): JsonSchema {
  const mapped = mapSubschemas(schema, (sub, keyword) =>
    IN_PLACE.has(keyword) ? withoutReferences(sub, targets) : sub,
  );
  const name = referencedType(mapped);
  if (name === undefined || !targets.has(name) || typeof mapped === 'boolean') return mapped;
  const { $ref: _removed, ...rest } = mapped;
  return rest;
}
