import type { Json, JsonObject } from '@counterpart/schemas';
import { latinLetters } from '../../latin-letters.ts';
import { localPointer } from '../document/references.ts';
import { shortHash } from '../operation/keys.ts';
import { isObject, listMember, member, pointerSteps, pointerTo, textMember } from '../source/json-tree.ts';
import { instructionIn } from '../text/instructions.ts';
import { DOCUMENTS } from '../source/gathered.ts';

/** Where a document keeps shared schemas: the steps before their names. */
const HOMES: readonly (readonly string[])[] = [['components', 'schemas'], ['definitions'], ['$defs'], []];

/**
 * Gives each pointer a type name that depends on the description only, not on what is asked first: the component's own name or
 * that of its file when nothing else is called so, otherwise its last steps and a hash of its place.
 */
export function createTypeNames(
  root: JsonObject,
  show: (pointer: string) => string,
): (pointer: string) => string {
  const known = new Map<string, string>();
  const aliases = aliasesOf(root);
  const owners = ownersOf(root, aliases, show);
  const compute = (pointer: string): string => {
    const key = aliases.get(pointer) ?? ownName(pointer, show);
    const claims = key === undefined ? undefined : (owners.get(plainName(key)) ?? new Set([pointer]));
    if (key !== undefined && claims?.size === 1 && claims.has(pointer)) return plainName(key);
    return `${plainName(key ?? lastWords(pointer))}_${shortHash(show(pointer), 6)}`;
  };
  return (pointer) => {
    const name = known.get(pointer) ?? compute(pointer);
    known.set(pointer, name);
    return name;
  };
}

/** Schemas of other documents by the name that a component which is nothing but a reference to them gives. */
function aliasesOf(root: JsonObject): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const home of HOMES.slice(0, 2)) {
    for (const [name, schema] of Object.entries(schemasAt(root, home))) {
      const reference = textMember(schema, '$ref');
      const pointer = reference === undefined ? undefined : localPointer(root, reference);
      const isElsewhere = pointer !== undefined && pointerSteps(pointer)?.[0] === DOCUMENTS;
      if (isElsewhere && !aliases.has(pointer)) aliases.set(pointer, name);
    }
  }
  return aliases;
}

/** For each plain name the pointers that would like to have it. */
function ownersOf(
  root: JsonObject,
  aliases: ReadonlyMap<string, string>,
  show: (pointer: string) => string,
): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>();
  let own: ReadonlySet<string> = new Set();
  const claim = (name: string, pointer: string): void => {
    const plain = plainName(aliases.get(pointer) ?? name);
    // What the description itself calls so keeps its name, whatever other documents hold.
    if (own.has(plain)) return;
    owners.set(plain, (owners.get(plain) ?? new Set()).add(pointer));
  };
  const claimAll = (document: Json, at: string, homes: typeof HOMES): void => {
    for (const home of homes) {
      for (const [name, schema] of Object.entries(schemasAt(document, home))) {
        const isAlias =
          isObject(schema) && Object.keys(schema).length === 1 && member(schema, '$ref') !== undefined;
        if (isObject(schema) && !isAlias) claim(name, pointerTo(at, ...home, name));
      }
    }
  };
  claimAll(root, '#', HOMES.slice(0, 2));
  own = new Set(owners.keys());
  for (const [index, document] of listMember(root, DOCUMENTS).entries()) {
    const at = pointerTo('#', DOCUMENTS, index);
    claim(fileName(show(at)), at);
    claimAll(document, at, HOMES);
  }
  return owners;
}

function schemasAt(document: Json, home: readonly string[]): JsonObject {
  const found = home.reduce<Json | undefined>((at, step) => member(at, step), document);
  return isObject(found) ? found : {};
}

/** Name that a shared schema has where it stands; undefined for one inside of something else. */
function ownName(pointer: string, show: (pointer: string) => string): string | undefined {
  const steps = pointerSteps(pointer) ?? [pointer];
  const isElsewhere = steps[0] === DOCUMENTS;
  const inside = isElsewhere ? steps.slice(2) : steps;
  if (isElsewhere && inside.length === 0) return fileName(show(pointer));
  const homes = isElsewhere ? HOMES : HOMES.slice(0, 2);
  const home = homes.find(
    (one) => inside.length === one.length + 1 && one.every((step, index) => inside[index] === step),
  );
  return home === undefined ? undefined : inside.at(-1);
}

function lastWords(pointer: string): string {
  const steps = pointerSteps(pointer) ?? [pointer];
  return steps
    .filter((step) => !/^(?:schema|properties|items|content|\d+)$/.test(step))
    .slice(-2)
    .join('_');
}

/** `schemas/Pet.yaml#` → Pet. */
const fileName = (shown: string): string =>
  (shown.split('#')[0] ?? '').replace(/^.*\//, '').replace(/\.[^.]*$/, '');

function plainName(key: string): string {
  const name = latinLetters(key)
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
    .replaceAll(/^[_.]+|_+$/g, '');
  const isCommand = instructionIn(name) !== undefined;
  if (name === '' || name === '__proto__' || isCommand) return `type_${shortHash(key, 6)}`;
  return name.length <= 100 ? name : `${name.slice(0, 92)}_${shortHash(key, 6)}`;
}
