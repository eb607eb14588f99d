import { hubError, type Json, type JsonObject } from '@counterpart/schemas';
import {
  isArray,
  isObject,
  listMember,
  member,
  objectMember,
  pointerTo,
  textMember,
} from '../../openapi/source/json-tree.ts';
import type { SourceText } from '../../source.ts';
import { fromVersion1, isVersion1 } from './version1.ts';

/** One request of a collection, with what it takes over from the folders around it. */
export interface SavedRequest {
  readonly name: string;
  readonly folders: readonly string[];
  readonly pointer: string;
  readonly request: JsonObject;
  /** The nearest `auth` of the request, its folders and the collection; undefined where none says anything. */
  readonly auth: JsonObject | undefined;
  /** Answers that were saved as examples. */
  readonly examples: readonly JsonObject[];
}

/** Folders within each other; deeper ones are not looked into. */
const MAX_DEPTH = 50;

/** The collection in a text. Throws SOURCE_NOT_A_DESCRIPTION for what does not parse or holds no list of requests. */
export function parseCollection({ text, location }: SourceText): JsonObject {
  const refuse = (detail: string, cause?: unknown) =>
    hubError(
      'SOURCE_NOT_A_DESCRIPTION',
      { source: location, detail },
      cause === undefined ? undefined : { cause },
    );
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw refuse(
      `it is a Postman collection whose JSON does not parse: ${cause instanceof Error ? cause.message : ''}`,
      cause,
    );
  }
  // What Postman's own API answers wraps the collection.
  const collection = isObject(root) && isObject(root['collection']) ? root['collection'] : root;
  if (isObject(collection) && isVersion1(collection)) return fromVersion1(collection);
  if (isObject(collection) && itemsOf(collection) !== undefined) return collection;
  throw refuse('it is a Postman collection without a list of requests (`item`)');
}

/** Some exporters write `items`. */
function itemsOf(value: JsonObject): { key: string; items: readonly Json[] } | undefined {
  for (const key of ['item', 'items']) {
    const items = value[key];
    if (isArray(items)) return { key, items };
  }
  return undefined;
}

/** Every request of a collection in its order. */
export function requestsOf(collection: JsonObject): SavedRequest[] {
  const found: SavedRequest[] = [];
  const walk = (at: JsonObject, pointer: string, around: Pick<SavedRequest, 'folders' | 'auth'>): void => {
    const { key, items } = itemsOf(at) ?? { key: '', items: [] };
    for (const [index, item] of items.entries()) {
      if (!isObject(item)) continue;
      const place = pointerTo(pointer, key, index);
      const auth = authOf(item) ?? authOf(objectMember(item, 'request')) ?? around.auth;
      const name = (textMember(item, 'name') ?? '').trim();
      const request = requestOf(item);
      if (request !== undefined)
        found.push({
          name,
          folders: around.folders,
          pointer: place,
          request,
          auth,
          examples: examplesOf(item),
        });
      else if (around.folders.length < MAX_DEPTH)
        walk(item, place, { folders: [...around.folders, name], auth });
    }
  };
  walk(collection, '#', { folders: [], auth: authOf(collection) });
  return found;
}

/** A request may be nothing but its URL. */
function requestOf(item: JsonObject): JsonObject | undefined {
  const request = item['request'];
  if (typeof request === 'string') return { method: 'GET', url: request };
  return isObject(request) ? request : undefined;
}

const authOf = (value: JsonObject): JsonObject | undefined =>
  isObject(value['auth']) ? value['auth'] : undefined;

const examplesOf = (item: JsonObject): JsonObject[] => listMember(item, 'response').filter(isObject);

/** A description, which may be a text or an object with one; exporters write "null" for none. */
export function describedAs(value: Json | undefined): string | undefined {
  const text = textMember(value, 'description') ?? textMember(member(value, 'description'), 'content') ?? '';
  return /^\s*(?:null|undefined)?\s*$/.test(text) ? undefined : text.trim();
}

/** A named setting of an `auth`: an object in format 2.0, a list of keys and values in 2.1. */
export function authSetting(auth: JsonObject, name: string): string | undefined {
  const settings = auth[textMember(auth, 'type') ?? ''];
  const entry = isArray(settings) ? settings.find((one) => textMember(one, 'key') === name) : undefined;
  return isArray(settings) ? textMember(entry, 'value') : textMember(settings, name);
}
