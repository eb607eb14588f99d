import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { createLegalKeys, shortHash } from '../operation/keys.ts';
import { lookUp } from '../document/references.ts';
import type { Dialect } from '../source/parse.ts';
import { breakCycles } from './cycles.ts';
import { createTypeNames } from './type-names.ts';
import { normaliseSchema } from './normalise.ts';
import { newTrace, type Direction, type SchemaLoss, type SchemaScope, type Trace } from './scope.ts';
import { createReach, referencedTypes, renameReferences } from './walk.ts';

interface Draft {
  readonly schema: JsonSchema;
  readonly trace: Trace;
}

/** The shared schemas of a document, normalised once each and only when something refers to them. */
export interface Types {
  /** The normal form of a schema that stands in an operation, with what was found out about it. */
  schema(value: Json | undefined, pointer: string, direction: Direction): Draft;
  /** Renamed keys in a schema and in all types it needs: input key → wire name. */
  renamesOf(draft: Draft): Map<string, string>;
  /** Ends the collecting: gives the types by their final names and a function that carries schemas over to those names. */
  finish(): { types: Map<string, JsonSchema>; final: (schema: JsonSchema) => JsonSchema };
}

export interface TypesOptions {
  readonly root: JsonObject;
  readonly dialect: Dialect;
  /** A pointer as its author has it. */
  readonly show: (pointer: string) => string;
  readonly lose: (loss: SchemaLoss) => void;
}

/** Marks the name of a response's form until it is known whether it differs; not a character that a name can hold. */
const RESPONSE = '~';

/** An empty collection over a document. */
export function createTypes({ root, dialect, show, lose }: TypesOptions): Types {
  const nameOf = createTypeNames(root, show);
  const legalKey = createLegalKeys(root);
  const drafts = new Map<string, Draft>();
  const schemas = new Map<string, JsonSchema>();
  const reach = createReach(schemas);
  const renaming = new Set<string>();
  const waiting = new Map<string, { pointer: string; direction: Direction }>();
  const scopeFor = (direction: Direction, trace: Trace): SchemaScope => ({
    root,
    dialect,
    direction,
    trace,
    legalKey,
    lose,
    typeName(pointer, way) {
      const name = way === 'request' ? nameOf(pointer) : nameOf(pointer) + RESPONSE;
      if (!drafts.has(name)) waiting.set(name, { pointer, direction: way });
      return name;
    },
  });
  const normalise = (value: Json | undefined, pointer: string, direction: Direction): Draft => {
    const trace = newTrace();
    return { schema: normaliseSchema(value, pointer, scopeFor(direction, trace)), trace };
  };
  // Types wait in a list instead of being normalised where they are met, so that chains of references need no stack.
  const settle = (): void => {
    for (const [name, { pointer, direction }] of waiting) {
      const draft = normalise(lookUp(root, pointer), pointer, direction);
      drafts.set(name, draft);
      schemas.set(name, draft.schema);
      if (draft.trace.renames.size > 0) renaming.add(name);
      waiting.delete(name);
    }
  };
  return {
    schema: normalise,
    renamesOf(draft) {
      settle();
      const renames = new Map(draft.trace.renames);
      const needed = renaming.size === 0 ? new Set<string>() : reach(draft.schema);
      for (const name of renaming) {
        if (!needed.has(name)) continue;
        for (const [key, wire] of drafts.get(name)?.trace.renames ?? []) renames.set(key, wire);
      }
      return renames;
    },
    finish() {
      settle();
      return finishDrafts(drafts, lose);
    },
  };
}

function finishDrafts(drafts: ReadonlyMap<string, Draft>, lose: (loss: SchemaLoss) => void) {
  const directed = directedNames(drafts);
  const finalName = (name: string): string => {
    if (!name.endsWith(RESPONSE)) return name;
    const base = name.slice(0, -1);
    if (!directed.has(name)) return base;
    return drafts.has(`${base}.out`) ? `${base}.out_${shortHash(name, 6)}` : `${base}.out`;
  };
  const final = (schema: JsonSchema): JsonSchema => renameReferences(schema, finalName);
  const named = new Map([...drafts].map(([name, { schema }]) => [finalName(name), final(schema)]));
  const sorted = new Map([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { types: breakCycles(sorted, lose), final };
}

/** Response forms that requests do not share, through what they refer to as well; whether a request is made does not matter. */
function directedNames(drafts: ReadonlyMap<string, Draft>): Set<string> {
  const users = new Map<string, string[]>();
  const directed = new Set<string>();
  for (const [name, { schema, trace }] of drafts) {
    if (!name.endsWith(RESPONSE)) continue;
    if (trace.directed) directed.add(name);
    for (const used of referencedTypes(schema)) users.set(used, [...(users.get(used) ?? []), name]);
  }
  for (const name of directed) for (const user of users.get(name) ?? []) directed.add(user);
  return directed;
}
