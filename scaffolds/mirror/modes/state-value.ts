import { hubError, type Json, type JsonObject } from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import type { Resource, ResourceMap } from '../resource/resource.ts';
import { plain, singular } from '../resource/words.ts';
import { isObject, own } from '../schema/json-value.ts';
import type { MirrorState } from '../state/mirror-state.ts';

/** What a mirror holds, by collection and id, as templates read it: `state.pets.7.name`. */
export function stateValue(state: MirrorState): JsonObject {
  return Object.fromEntries(
    state
      .collections()
      .map((collection) => [
        collection,
        Object.fromEntries(state.list(collection).map(({ id, value }) => [id, value])),
      ]),
  );
}

/** Rows of a collection that are shown; the rest is counted. */
const SHOWN_ROWS = 50;

/** What a mirror holds, cut to what a reader can take in. */
export function stateSummary(state: MirrorState): JsonObject {
  return Object.fromEntries(
    state.collections().map((collection) => {
      const rows = state.list(collection);
      const shown = rows.slice(0, SHOWN_ROWS).map(({ value }) => value);
      return [collection, { count: rows.length, rows: shown }];
    }),
  );
}

/**
 * Puts things into collections; a thing without an identifier gets the next number. Throws INPUT_INVALID for a collection
 * that the service does not have, before anything is put in.
 */
export function putRows(
  state: MirrorState,
  { resources }: ResourceMap,
  data: Readonly<Record<string, readonly JsonObject[]>>,
): number {
  const wanted = Object.entries(data).map(([name, rows]) => ({
    resource: resourceOf(name, resources),
    rows,
  }));
  for (const { resource, rows } of wanted) {
    for (const value of rows) {
      const number = identifierOf(value, resource) === undefined ? state.nextNumber(resource.name) : 0;
      const whole = number === 0 ? value : withIdentifier(value, resource, number);
      state.create(resource.name, { id: identifierOf(whole, resource) ?? String(number), value: whole });
    }
  }
  return wanted.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** By its own name, its noun, or the last word of its path, in singular or plural. */
function resourceOf(name: string, resources: readonly Resource[]): Resource {
  const wanted = singular(plain(name));
  const found =
    resources.find((resource) => resource.name === name) ??
    resources.find(({ noun }) => singular(plain(noun)) === wanted) ??
    resources.find((resource) => singular(plain(resource.name.split('/').at(-1) ?? '')) === wanted);
  if (found) return found;
  const names = resources.map((resource) => resource.name).join(', ');
  throw hubError('INPUT_INVALID', {
    subject: 'data',
    detail: `the service keeps no ${name}${names === '' ? '' : `; it keeps ${names}`}`,
  });
}

/** An identifier of a service is one of these, at the place where its kind has it. */
function identifierOf(value: JsonObject, { idSteps = ['id'] }: Resource): string | undefined {
  let found: Json | undefined = value;
  for (const step of idSteps) found = isObject(found) ? own(found, step) : undefined;
  return typeof found === 'string' || isNumber(found) ? String(found) : undefined;
}

function withIdentifier(
  value: JsonObject,
  { idSteps = ['id'], idSchema }: Resource,
  number: number,
): JsonObject {
  const type = isObject(idSchema) ? idSchema['type'] : undefined;
  const id = type === 'string' ? String(number) : number;
  const [first = 'id', ...rest] = idSteps;
  const inner = rest.reduceRight<Json>((below, step) => ({ [step]: below }), id);
  return { ...value, [first]: inner };
}
