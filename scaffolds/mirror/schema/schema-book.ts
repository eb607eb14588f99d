import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { inDoubles } from '@counterpart/schemas/exact-json';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { describeBreach, type Breach } from './breach.ts';
import type { Types } from './compilable-schema.ts';
import { createSchemaCompiler } from './schema-compiler.ts';

/** Everything that checks values of one blueprint. A schema is compiled when it is first asked about. */
export interface SchemaBook {
  /** The schema a reference names; undefined when there is none. */
  readonly type: (name: string) => JsonSchema | undefined;
  /** A schema that cannot be compiled accepts everything. */
  readonly accepts: (schema: JsonSchema, value: Json) => boolean;
  /** Where a value breaks a schema, at most 20 points; empty: nowhere. */
  readonly breaches: (schema: JsonSchema, value: Json) => readonly Breach[];
}

const MAX_BREACHES = 20;
const NO_VALUE: Breach = {
  path: '',
  message: 'no value is accepted',
  expected: 'nothing',
  found: 'a value',
};
const TOO_DEEP: Breach = {
  path: '',
  message: 'is nested too deep to be checked',
  expected: 'less nesting',
  found: 'a value',
};

/** Opens the book of a blueprint's types; costs nothing until a schema is asked about. */
export function createSchemaBook(types: Types): SchemaBook {
  const compiler = createSchemaCompiler(types);

  /** Runs `judge` on the compiled schema; data nested deeper than the stack allows is never accepted. */
  function check<T>(schema: JsonObject, tooDeep: T, judge: (validate: ValidateFunction) => T): T {
    try {
      return judge(compiler.compile(schema));
    } catch (thrown) {
      if (thrown instanceof RangeError) return tooDeep;
      throw thrown;
    } finally {
      compiler.reset();
    }
  }

  return {
    type: (name) => (Object.hasOwn(types, name) ? types[name] : undefined),
    accepts: (schema, value) =>
      typeof schema === 'boolean' ? schema : check(schema, false, (validate) => validate(inDoubles(value))),
    breaches(schema, value) {
      if (typeof schema === 'boolean') return schema ? [] : [NO_VALUE];
      return check<readonly Breach[]>(schema, [TOO_DEEP], (validate) => {
        if (validate(inDoubles(value))) return [];
        return (validate.errors ?? [])
          .slice(0, MAX_BREACHES)
          .map((failure) => describeBreach(value, failure));
      });
    },
  };
}
