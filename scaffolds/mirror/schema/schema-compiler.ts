import type { Json, JsonObject } from '@counterpart/schemas';
import { isMultiple } from '@counterpart/kit/schema';
import { str } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { LAZY_REFERENCE, toCompilable, type Types } from './compilable-schema.ts';
import { compilePattern } from '../pattern/pattern.ts';

/** Gives a schema's validator, compiled once; a schema that cannot be compiled accepts everything. */
export type Compile = (schema: JsonObject) => ValidateFunction;

export interface SchemaCompiler {
  readonly compile: Compile;
  /** Forgets the references being followed; after every validation, also one that threw. */
  readonly reset: () => void;
}

/** Ajv keeps patterns by what they say they are: two that said the same would be one. */
const patternNamed = (source: string) => {
  const pattern = compilePattern(source);
  return { test: (value: string) => pattern.test(value), toString: () => source };
};

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    allErrors: true,
    logger: false,
    inlineRefs: false,
    addUsedSchema: false,
    code: { regExp: Object.assign(patternNamed, { code: 'compilePattern' }) },
  });
  ajvFormats.default(ajv);
  // Its own divides doubles and asks for a whole quotient, so that 19.99 would be no multiple of 0.01.
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    compile: (step: number) => (value: number) => isMultiple(value, step),
    error: { message: ({ schemaCode }) => str`must be multiple of ${schemaCode}` },
  });
  return ajv;
}

function createCompile(ajv: Ajv2020, types: Types): Compile {
  const compiled = new WeakMap<JsonObject, ValidateFunction>();
  return (schema) => {
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
  };
}

/** Validates a value against a named type at the place the reference stands. */
type Follow = (name: string, value: Json, parent: unknown, context?: { instancePath: string }) => boolean;

function createFollow(types: Types, compile: Compile, open: Set<string>): Follow {
  const follow: Follow = (name, value, _parent, context) => {
    // Ajv reads a keyword's errors from the function that found them.
    Object.assign(follow, { errors: null });
    const schema = Object.hasOwn(types, name) ? types[name] : true;
    if (schema === undefined || typeof schema === 'boolean') return schema !== false;
    const instancePath = context?.instancePath ?? '';
    const visit = `${name} ${instancePath}`;
    // A type that leads to itself without going deeper into the value adds nothing new.
    if (open.has(visit)) return true;
    open.add(visit);
    const validate = compile(schema);
    const at = { instancePath, parentData: {}, parentDataProperty: '', rootData: {}, dynamicAnchors: {} };
    const isValid = validate(value, at);
    Object.assign(follow, { errors: isValid ? null : [...(validate.errors ?? [])] });
    open.delete(visit);
    return isValid;
  };
  return follow;
}

/** Compiles schemas whose references point into `types`, each reference when data first meets it. */
export function createSchemaCompiler(types: Types): SchemaCompiler {
  const ajv = createAjv();
  const open = new Set<string>();
  const compile = createCompile(ajv, types);
  ajv.addKeyword({ keyword: LAZY_REFERENCE, errors: true, validate: createFollow(types, compile, open) });
  return { compile, reset: () => open.clear() };
}
