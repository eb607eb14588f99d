import { referencedType } from '../compile/references.ts';
import { arrayProblems } from './check-array.ts';
import { alternativeProblems } from './check-alternatives.ts';
import { objectProblems } from './object/check-object.ts';
import { scalarProblems } from './check-scalar.ts';
import type { Problem } from './problem.ts';
import { isKeywords, type Keywords, type Place, type SchemaValue } from './schema.ts';

/** References already followed for the value at hand, so that a schema that only refers to itself ends. */
type Trail = { readonly name: string; readonly before: Trail } | undefined;

interface Where {
  readonly path: Place['path'];
  readonly trail: Trail;
}

function isFollowed(trail: Trail, name: string): boolean {
  for (let step = trail; step; step = step.before) if (step.name === name) return true;
  return false;
}

class Checker {
  readonly #definitions: { readonly [name: string]: SchemaValue };
  /** By definition and object: without it, unions that hold unions would be tried again for every branch above them. */
  readonly #known = new Map<string, WeakMap<object, Problem[]>>();

  constructor(definitions: SchemaValue) {
    this.#definitions = isKeywords(definitions) ? definitions : {};
  }

  at(where: Where, schema: SchemaValue, value: unknown): Problem[] {
    const { path } = where;
    if (schema === false) return [{ path, keyword: 'unknown', expected: 'not allowed here', found: value }];
    if (!isKeywords(schema)) return [];
    const referenced = this.#referenced(where, schema, value);
    const scalar = scalarProblems(schema, value, path);
    // A value of the wrong type would only repeat itself in every other keyword.
    if (scalar.some(({ keyword }) => keyword === 'type')) return [...referenced, ...scalar];
    const place: Place = {
      path,
      check: (next, member, key) =>
        this.at(key === undefined ? where : { path: [...path, key], trail: undefined }, next, member),
      definition: (name) => (Object.hasOwn(this.#definitions, name) ? this.#definitions[name] : undefined),
    };
    return [
      ...referenced,
      ...scalar,
      ...objectProblems(schema, value, place),
      ...arrayProblems(schema, value, place),
      ...alternativeProblems(schema, value, place),
    ];
  }

  #referenced({ path, trail }: Where, schema: Keywords, value: unknown): Problem[] {
    const name = referencedType(schema['$ref']);
    if (name === undefined || isFollowed(trail, name) || !Object.hasOwn(this.#definitions, name)) return [];
    const follow = (): Problem[] =>
      this.at({ path, trail: { name, before: trail } }, this.#definitions[name], value);
    if (typeof value !== 'object' || value === null) return follow();
    const known = this.#known.get(name) ?? new WeakMap<object, Problem[]>();
    this.#known.set(name, known);
    const problems = known.get(value) ?? follow();
    known.set(value, problems);
    return problems;
  }
}

/**
 * Every place where `value` does not fit a JSON Schema 2020-12 whose references are `#/$defs/<name>`. Interpreted, not
 * compiled: the first check of a large recursive schema costs what the value needs, not what the schema weighs.
 * `format` is an annotation; `unevaluatedItems` is left to the service.
 */
export function check(schema: Keywords, value: unknown): Problem[] {
  return new Checker(schema['$defs']).at({ path: [], trail: undefined }, schema, value);
}
