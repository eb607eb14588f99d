import type { Json, JsonObject } from '@counterpart/schemas';
import {
  isArray,
  isObject,
  listMember,
  member,
  objectMember,
  textMember,
} from '../../openapi/source/json-tree.ts';

/** Folders within each other; deeper ones and circles are not looked into. */
const MAX_DEPTH = 50;

/** True for a collection of the first format: its requests stand in one list, and folders name them. */
export const isVersion1 = (collection: JsonObject): boolean =>
  isArray(collection['requests']) && !isArray(collection['item']) && !isArray(collection['items']);

/** A collection of the first format as one of 2.1, with all that is read of those. */
export function fromVersion1(collection: JsonObject): JsonObject {
  const requests = new Map(listMember(collection, 'requests').flatMap(byId));
  const folders = new Map(listMember(collection, 'folders').flatMap(byId));
  const left = new Set(requests.keys());
  const requestItems = (order: readonly string[]): JsonObject[] =>
    order.flatMap((id) => {
      const request = requests.get(id);
      return request !== undefined && left.delete(id) ? [itemOf(request)] : [];
    });
  const folderItems = (order: readonly string[], depth: number): JsonObject[] =>
    order.flatMap((id) => {
      const folder = folders.get(id);
      // A folder is entered once, so that those that name each other end.
      if (folder === undefined || depth > MAX_DEPTH || !folders.delete(id)) return [];
      const own = idsOf(folder, 'order');
      const loose = listMember(collection, 'requests')
        .filter((one) => textMember(one, 'folder') === id)
        .flatMap((one) => textMember(one, 'id') ?? []);
      const item = [
        ...folderItems(idsOf(folder, 'folders_order'), depth + 1),
        ...requestItems([...own, ...loose]),
      ];
      return [{ ...about(folder), ...authOf(folder), item }];
    });
  const top = idsOf(collection, 'folders_order');
  const inFolders = folderItems([...top, ...folders.keys()], 0);
  const item = [...inFolders, ...requestItems(idsOf(collection, 'order')), ...requestItems([...left])];
  return {
    info: { ...about(collection), schema: 'v1.0' },
    ...authOf(collection),
    variable: pairs(collection, 'variables'),
    item,
  };
}

const byId = (value: Json): [string, JsonObject][] => {
  const id = textMember(value, 'id');
  return isObject(value) && id !== undefined ? [[id, value]] : [];
};

const idsOf = (value: JsonObject, name: string): string[] =>
  listMember(value, name).filter((id) => typeof id === 'string');

const about = (value: JsonObject): JsonObject => ({
  name: textMember(value, 'name') ?? '',
  description: textMember(value, 'description') ?? '',
});

const authOf = (value: JsonObject): JsonObject => (isObject(value['auth']) ? { auth: value['auth'] } : {});

function itemOf(request: JsonObject): JsonObject {
  const data = bodyOf(request);
  return {
    name: textMember(request, 'name') ?? '',
    request: {
      method: textMember(request, 'method') ?? 'GET',
      url: {
        raw: textMember(request, 'url') ?? '',
        variable: [
          ...pairs(request, 'pathVariableData'),
          ...Object.entries(objectMember(request, 'pathVariables')).map(([key, value]) => ({ key, value })),
        ],
        query: pairs(request, 'queryParams'),
      },
      header: headersOf(request),
      description: textMember(request, 'description') ?? '',
      ...authOf(request),
      ...(data === undefined ? {} : { body: data }),
    },
    response: listMember(request, 'responses').filter(isObject).map(responseOf),
  };
}

/** Headers are a list, or lines of one text; a line that begins with `//` is switched off. */
function headersOf(request: JsonObject): Json[] {
  if (isArray(request['headerData'])) return pairs(request, 'headerData');
  return (textMember(request, 'headers') ?? '').split('\n').flatMap((line) => {
    const [, off, key, value] = /^\s*(\/\/)?\s*([^:\s]+):\s*(.*?)\s*$/.exec(line) ?? [];
    return key === undefined ? [] : [{ key, value: value ?? '', disabled: off !== undefined }];
  });
}

function bodyOf(request: JsonObject): JsonObject | undefined {
  const mode = textMember(request, 'dataMode');
  const raw = textMember(request, 'rawModeData');
  const data = pairs(request, 'data');
  if (mode === 'raw' && raw !== undefined && raw !== '') return { mode: 'raw', raw };
  if (data.length === 0) return undefined;
  return mode === 'urlencoded' ? { mode, urlencoded: data } : { mode: 'formdata', formdata: data };
}

/** Keys and values, switched off where `enabled` says so. */
const pairs = (value: JsonObject, name: string): JsonObject[] =>
  listMember(value, name)
    .filter(isObject)
    .map((one) => ({ ...one, ...(member(one, 'enabled') === false ? { disabled: true } : {}) }));

function responseOf(response: JsonObject): JsonObject {
  const code = member(objectMember(response, 'responseCode'), 'code') ?? member(response, 'code');
  return {
    name: textMember(response, 'name') ?? '',
    ...(typeof code === 'number' ? { code } : {}),
    header: listMember(response, 'headers'),
    body: textMember(response, 'text') ?? textMember(response, 'body') ?? '',
  };
}
