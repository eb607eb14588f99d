import { referencedType } from '../../compile/references.ts';
import { isList } from '../../json-value.ts';
import { patternOf } from '../check-scalar.ts';
import { isKeywords, type Keywords, type Place, type SchemaValue } from '../schema.ts';

type Members = { readonly [key: string]: unknown };

/** The members of a value that a schema says something of, as `unevaluatedProperties` asks (JSON Schema 2020-12, 11.3). */
export interface Evaluated {
  readonly names: ReadonlySet<string>;
  /** What the schemas that were applied call members, whether the value has them or not. */
  readonly declared: ReadonlySet<string>;
}

/** What the schema beside the keyword, and those applied in place, evaluate of the value. */
export function evaluatedMembers(schema: Keywords, value: Members, place: Place): Evaluated {
  const walk = new Walk(value, place);
  walk.beside(schema, new Set());
  return walk;
}

const listOf = (value: SchemaValue): readonly SchemaValue[] => (isList(value) ? value : []);

class Walk implements Evaluated {
  readonly names = new Set<string>();
  readonly declared = new Set<string>();
  readonly #value: Members;
  readonly #place: Place;

  constructor(value: Members, place: Place) {
    this.#value = value;
    this.#place = place;
  }

  /** `followed` are the references on the way here, so that a schema that applies itself ends. */
  #apply(schema: SchemaValue, followed: ReadonlySet<string>): void {
    if (!isKeywords(schema)) return;
    if (schema['unevaluatedProperties'] !== undefined) this.#all();
    this.beside(schema, followed);
  }

  beside(schema: Keywords, followed: ReadonlySet<string>): void {
    this.#own(schema);
    const name = referencedType(schema['$ref']);
    if (name !== undefined && !followed.has(name))
      this.#apply(this.#place.definition(name), new Set([...followed, name]));
    for (const part of listOf(schema['allOf'])) this.#apply(part, followed);
    for (const keyword of ['anyOf', 'oneOf']) this.#fitting(listOf(schema[keyword]), followed);
    this.#condition(schema, followed);
    const dependent = schema['dependentSchemas'];
    for (const [key, sub] of Object.entries(isKeywords(dependent) ? dependent : {}))
      if (Object.hasOwn(this.#value, key)) this.#apply(sub, followed);
  }

  #own({ properties, patternProperties, additionalProperties }: Keywords): void {
    if (additionalProperties !== undefined) this.#all();
    for (const name of Object.keys(isKeywords(properties) ? properties : {})) {
      this.declared.add(name);
      this.names.add(name);
    }
    for (const pattern of Object.keys(isKeywords(patternProperties) ? patternProperties : {}))
      for (const name of Object.keys(this.#value))
        if (patternOf(pattern)?.test(name) === true) this.names.add(name);
  }

  #all(): void {
    for (const name of Object.keys(this.#value)) this.names.add(name);
  }

  /** Only branches that fit say anything; where none does, that is told already, and more would only repeat it. */
  #fitting(branches: readonly SchemaValue[], followed: ReadonlySet<string>): void {
    const fitting = branches.filter((branch) => this.#fits(branch));
    for (const branch of fitting.length > 0 ? fitting : branches) this.#apply(branch, followed);
  }

  #condition(schema: Keywords, followed: ReadonlySet<string>): void {
    const condition = schema['if'];
    if (condition === undefined) return;
    const isMet = this.#fits(condition);
    if (isMet) this.#apply(condition, followed);
    this.#apply(isMet ? schema['then'] : schema['else'], followed);
  }

  #fits(schema: SchemaValue): boolean {
    return this.#place.check(schema, this.#value).length === 0;
  }
}
