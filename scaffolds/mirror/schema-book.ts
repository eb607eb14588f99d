import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { describeBreach, type Breach } from './breach.ts';
import { LAZY_REFERENCE, toCompilable, type Types } from './compilable-schema.ts';
import { compilePattern } from './pattern.ts';

/** Everything that checks values of one blueprint. A schema is compiled when it is first asked about. */
export interface SchemaBook {
  /** The schema a reference names; undefined when there is none. */
  type(name: string): JsonSchema | undefined;
  /** A schema that cannot be compiled accepts everything. */
  accepts(schema: JsonSchema, value: Json): boolean;
  /** Where a value breaks a schema, at most 20 points; empty: nowhere. */
  breaches(schema: JsonSchema, value: Json): readonly Breach[];
}

const MAX_BREACHES = 20;
const NO_VALUE: Breach = { path: '', message: 'no value is accepted', expected: 'nothing', found: 'a value' };
const TOO_DEEP: Breach = {
  path: '',
  message: 'is nested too deep to be checked',
  expected: 'less nesting',
  found: 'a value',
};

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    allErrors: true,
    logger: false,
    inlineRefs: false,
    addUsedSchema: false,
    code: { regExp: Object.assign((pattern: string) => compilePattern(pattern), { code: 'compilePattern' }) },
  });
  ajvFormats.default(ajv);
  return ajv;
}

/** Opens the book of a blueprint's types; costs nothing until a schema is asked about. */
export function createSchemaBook(types: Types): SchemaBook {
  const ajv = createAjv();
  const compiled = new WeakMap<JsonObject, ValidateFunction>();
  const open = new Set<string>();
  const type = (name: string): JsonSchema | undefined =>
    Object.hasOwn(types, name) ? types[name] : undefined;

  function compile(schema: JsonObject): ValidateFunction {
    const known = compiled.get(schema);
    if (known) return known;
    let validate: ValidateFunction;
    try {
      const compilable = toCompilable(schema, types);
      validate = ajv.compile(compilable);
      // What is compiled lives as long as its schema, not as long as the validator's own cache.
      ajv.removeSchema(compilable);
    } catch {
      validate = ajv.compile({});
    }
    compiled.set(schema, validate);
    return validate;
  }

  ajv.addKeyword({ keyword: LAZY_REFERENCE, errors: true, validate: followReference });

  /** Ajv reads a keyword's errors from the function that found them. */
  function followReference(
    name: string,
    value: Json,
    _parent: unknown,
    context?: { instancePath: string },
  ): boolean {
    Object.assign(followReference, { errors: null });
    const schema = type(name);
    if (schema === undefined || schema === true) return true;
    if (schema === false) return false;
    const at = context?.instancePath ?? '';
    const visit = `${name} ${at}`;
    // A type that leads to itself without going deeper into the value adds nothing new.
    if (open.has(visit)) return true;
    open.add(visit);
    try {
      const validate = compile(schema);
      const valid = validate(value, {
        instancePath: at,
        parentData: {},
        parentDataProperty: '',
        rootData: {},
        dynamicAnchors: {},
      });
      Object.assign(followReference, { errors: valid ? null : [...(validate.errors ?? [])] });
      return valid;
    } finally {
      open.delete(visit);
    }
  }

  /** Runs `judge` on the compiled schema; data nested deeper than the stack allows is never accepted. */
  function check<T>(schema: JsonObject, tooDeep: T, judge: (validate: ValidateFunction) => T): T {
    try {
      return judge(compile(schema));
    } catch (thrown) {
      if (thrown instanceof RangeError) return tooDeep;
      throw thrown;
    } finally {
      open.clear();
    }
  }

  function breaches(schema: JsonSchema, value: Json): readonly Breach[] {
    if (typeof schema === 'boolean') return schema ? [] : [NO_VALUE];
    return check<readonly Breach[]>(schema, [TOO_DEEP], (validate) =>
      validate(value)
        ? []
        : (validate.errors ?? []).slice(0, MAX_BREACHES).map((failure) => describeBreach(value, failure)),
    );
  }

  function accepts(schema: JsonSchema, value: Json): boolean {
    return typeof schema === 'boolean' ? schema : check(schema, false, (validate) => validate(value));
  }

  return { type, breaches, accepts };
}
