import type { JsonSchema, Operation } from '@counterpart/schemas';
import type { HouseStyle } from './house-style.ts';
import type { Located, Steps } from './locate.ts';

/**
 * What an operation does to the things a mirror keeps. `clear` removes all of a collection, `act` changes one by a verb,
 * `gather` lists things of any kind: those that refer to one, or all.
 */
export type Role = 'create' | 'read' | 'list' | 'update' | 'replace' | 'remove' | 'clear' | 'act' | 'gather';

/** One kind of thing that a service keeps. */
export interface Resource {
  /** Unique in the blueprint: its collection's path without parameters, such as `owners/pets`. */
  readonly name: string;
  /** One such thing in a word, such as `pet`. */
  readonly noun: string;
  /** What paths call its identifier; absent where no path names one. */
  readonly parameter?: string;
  /** What one looks like: the answer to reading it, else to making or listing it. */
  readonly schema: JsonSchema | undefined;
  /** Where its identifier stands in it; absent: it is known by the path alone. */
  readonly idSteps: readonly string[] | undefined;
  /** What its identifier looks like, in the thing and in paths; `true` when nothing says. */
  readonly idSchema: JsonSchema;
  /** There is one a scope, as a user's settings: it has no identifier. */
  readonly isSingleton: boolean;
  /** Members that callers may set, by their names in bodies, and what they may set them to. */
  readonly settable: ReadonlyMap<string, JsonSchema>;
}

/** A value of the request that says which thing, or whose. */
export interface RequestValue {
  readonly in: 'path' | 'query' | 'body';
  /** Name on the wire. */
  readonly name: string;
  /** Below that member of the body, where it does not stand at the top. */
  readonly inside?: readonly string[];
}

/** A parameter of the path above the item. */
export interface ScopeValue {
  /** What the path calls the place, such as `owners`. */
  readonly place: string;
  readonly parameter: string;
  /** Resource whose identifier it is. */
  readonly parent?: string;
}

/** What one operation does to one resource. */
export interface Binding {
  readonly operation: Operation;
  readonly resource: Resource;
  readonly role: Role;
  /** What names the item; absent where the role needs none. */
  readonly id?: RequestValue;
  readonly scope: readonly ScopeValue[];
  /** The list in the answer. */
  readonly list?: Located;
  /** The thing in the answer. */
  readonly item?: Located;
  /** The thing in the body. */
  readonly bodySteps: Steps;
  /** For `create`: the member of the body that lists nothing but names of new things. */
  readonly bodyNames?: string;
  /** For `act`: the word of the path that says what is done. */
  readonly verb?: string;
}

/** Everything a blueprint says about what its service keeps. */
export interface ResourceMap {
  readonly resources: readonly Resource[];
  /** By the operation's name. */
  readonly bindings: ReadonlyMap<string, Binding>;
  /** What answers look like that the description says nothing of. */
  readonly style: HouseStyle;
}
