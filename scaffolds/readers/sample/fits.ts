import { extname } from 'node:path';
import type { Json } from '@counterpart/schemas';
import { parse } from 'yaml';
import { isArray, isObject } from '../openapi/source/json-tree.ts';
import { isSavedRequests } from '../openapi/source/other-formats.ts';
import { classify, LOOKED_AT } from '../detect/classify.ts';
import type { SourceText } from '../source.ts';
import { isRecords } from './record-formats.ts';
import { likelyDelimiter } from './dialect.ts';

const ROWS = /^\.(?:csv|tsv|tab|psv|ndjson|jsonl)$/;
/** Members of documents that describe something: none of them is a table. */
const DESCRIPTION =
  /["']?\b(?:openapi|swagger|asyncapi|paths|blueprint|__schema|errors|info|collection|discoveryVersion|swaggerVersion|arazzo|raml|overlay|webhooks|_postman_variable_scope|__export_format)\b["']?\s*:|"\$schema"\s*:\s*"[^"]*(?:json-schema\.org|modelcontextprotocol\.io)/;

/** Extension of a path or URL, lower case; of a gzip file, what is packed in it. */
export const extensionOf = (location: string): string =>
  extname(
    (URL.canParse(location) ? new URL(location).pathname : location).replace(/\.gz$/i, ''),
  ).toLowerCase();

/** True for a location whose name says that it holds rows, however many. */
export const isRowsName = (location: string): boolean => ROWS.test(extensionOf(location));

/** Objects that answers of services wrap their rows in: `data.items`, `data.users.nodes`. */
const MOST_WRAPPED = 3;

/** A list of rows, and the members that lead to it. */
interface Rows {
  readonly path: readonly string[];
  readonly rows: readonly Json[];
}

/** A list of rows in a value: the value itself, or the first list of objects in the fewest objects around it. */
export function rowsIn(value: Json, mostWrapped = MOST_WRAPPED): Rows | undefined {
  if (isArray(value)) return value.length > 0 ? { path: [], rows: value } : undefined;
  let level: { readonly path: readonly string[]; readonly value: Json }[] = [{ path: [], value }];
  for (let depth = 0; depth < mostWrapped; depth += 1) {
    const members = level.flatMap((at) =>
      isObject(at.value)
        ? Object.entries(at.value).map(([name, one]) => ({ path: [...at.path, name], value: one }))
        : [],
    );
    for (const { path, value: list } of members)
      if (isArray(list) && list.length > 0 && list.every(isObject)) return { path, rows: list };
    level = members;
  }
  return undefined;
}

/** The value of a text of JSON or YAML; undefined when it is neither. */
export function valueOf(text: string, isYaml: boolean): Json | undefined {
  try {
    // Both make nothing but JSON of such a text; aliases are bounded against texts that grow without end.
    return (isYaml ? parse(text, { maxAliasCount: 1_000, schema: 'core' }) : JSON.parse(text)) as Json;
  } catch {
    return undefined;
  }
}

/** True for a source that holds rows and describes no service. */
export function isData({ text, location, head }: SourceText): boolean {
  if (isRowsName(location) || isRecords(classify(head ?? Buffer.from(text.slice(0, LOOKED_AT)), location)))
    return true;
  if (isSavedRequests(text)) return false;
  const start = text.slice(0, 4_096);
  if (/^[\s\uFEFF]*\[/.test(start)) return true;
  if (/^[\s\uFEFF]*</.test(start) || DESCRIPTION.test(start)) return false;
  if (/^[\s\uFEFF]*\{/.test(start)) {
    const value = valueOf(text.replace(/^\uFEFF/, ''), false);
    return value !== undefined && !DESCRIPTION.test(text) && rowsIn(value) !== undefined;
  }
  if (/^\.ya?ml$/.test(extensionOf(location))) {
    const value = DESCRIPTION.test(text) ? undefined : valueOf(text, true);
    // Settings are written in YAML, with lists in objects; answers of services are not.
    return value !== undefined && rowsIn(value, 1) !== undefined;
  }
  return likelyDelimiter(start) !== undefined;
}
