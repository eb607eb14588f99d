import { referencedType } from '../compile/references.ts';
import { arrayProblems } from './check-array.ts';
import { alternativeProblems } from './check-alternatives.ts';
import { objectProblems } from './check-object.ts';
import { scalarProblems } from './check-scalar.ts';
import type { Path, Problem } from './problem.ts';
import { isKeywords, type Keywords, type Place, type SchemaValue } from './schema.ts';

type Definitions = { readonly [name: string]: SchemaValue };

/** References already followed for the value at hand, so that a schema that only refers to itself ends. */
type Trail = { readonly name: string; readonly before: Trail } | undefined;

function followed(trail: Trail, name: string): boolean {
  for (let step = trail; step; step = step.before) if (step.name === name) return true;
  return false;
}

function checkAt(
  definitions: Definitions,
  path: Path,
  trail: Trail,
  schema: SchemaValue,
  value: unknown,
): Problem[] {
  if (schema === false) return [{ path, keyword: 'unknown', expected: 'not allowed here', found: value }];
  if (!isKeywords(schema)) return [];
  const place: Place = {
    path,
    check: (next, member, key) =>
      key === undefined
        ? checkAt(definitions, path, trail, next, member)
        : checkAt(definitions, [...path, key], undefined, next, member),
  };
  const name = referencedType(schema['$ref']);
  const referenced =
    name === undefined || followed(trail, name)
      ? []
      : checkAt(
          definitions,
          path,
          { name, before: trail },
          Object.hasOwn(definitions, name) ? definitions[name] : true,
          value,
        );
  const scalar = scalarProblems(schema, value, path);
  // A value of the wrong type would only repeat itself in every other keyword.
  if (scalar.some(({ keyword }) => keyword === 'type')) return [...referenced, ...scalar];
  return [
    ...referenced,
    ...scalar,
    ...objectProblems(schema, value, place),
    ...arrayProblems(schema, value, place),
    ...alternativeProblems(schema, value, place),
  ];
}

/**
 * Every place where `value` does not fit a JSON Schema 2020-12 whose references are `#/$defs/<name>`. Interpreted, not
 * compiled: the first check of a large recursive schema costs what the value needs, not what the schema weighs.
 * `format` is an annotation; `unevaluatedProperties` and `unevaluatedItems` are left to the service.
 */
export function check(schema: Keywords, value: unknown): Problem[] {
  const definitions = isKeywords(schema['$defs']) ? schema['$defs'] : {};
  return checkAt(definitions, [], undefined, schema, value);
}
