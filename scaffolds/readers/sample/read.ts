import { basename } from 'node:path';
import type { Blueprint, DataSource, JsonSchema } from '@counterpart/schemas';
import { chooseOperations } from '../../selection/choose.ts';
import { cutText, plainText } from '../openapi/text/text.ts';
import { nameOperations } from '../name-lock.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { rowSchema, servedFile, type TypedSource, writtenSchema } from './file-schema.ts';
import { distinctNouns, nounsOf, type Nouns } from './names.ts';
import { operationsOf } from './operations.ts';
import { findRows } from './source.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'sample@1';

interface Place {
  readonly servers: Blueprint['servers'];
  readonly path: string;
}

/** Where a mirror serves the file: at its own path, a local one at the root. */
function placeOf({ address }: SourceText, title: string): Place {
  if (address !== undefined && /^https?:/i.test(address)) {
    const url = new URL(address);
    return { servers: [{ url: url.origin }], path: url.pathname.replaceAll(/[{}]/g, encodeURIComponent) };
  }
  return { servers: [], path: `/${encodeURIComponent(address === undefined ? title : basename(address))}` };
}

/** Name of the rows of a source that holds no other kind. */
const ONLY = 'rows';

/** What calls and the blueprint call a source. */
const nameOf = ({ name }: DataSource, nouns: Nouns | undefined): string =>
  name === ONLY ? name : (nouns?.many ?? name);

/** Sources with names of types: of several, each with a number of its own. */
function typedSources(sources: readonly DataSource[]): TypedSource[] {
  return sources.map((source, index) => {
    const number = sources.length === 1 ? '' : String(index + 1);
    return { source, rowType: `Row${number}`, writtenType: `WrittenRow${number}` };
  });
}

/** The file's name without its extension: a table has no title of its own. */
function titleOf({ location }: SourceText, id: string): string {
  const base = basename(location)
    .replace(/\.gz$/i, '')
    .replace(/\.[A-Za-z0-9]{1,6}$/, '');
  const plain = plainText(base).replaceAll(/\s+/g, ' ').trim();
  return plain === '' || plain === 'standard input' ? id : cutText(plain, 200);
}

/**
 * Compiles a file of rows into a blueprint with tools that query it. Columns are what a bounded number of rows shows, and
 * say so. Rejects with DATA_UNREADABLE or INCLUDE_UNMATCHED.
 */
export async function readData(text: SourceText, options: ReadOptions): Promise<ReadResult> {
  const title = titleOf(text, options.id);
  const { sources, format, omitted } = await findRows(text, title);
  const { servers, path } = placeOf(text, title);
  const typed = typedSources(sources);
  const file = servedFile(typed, path);
  const nouns = distinctNouns(sources.map(({ name }) => (name === ONLY ? title : name)));
  const made = typed.flatMap(({ source, rowType }, index) => {
    const own = nouns[index] ?? nounsOf(title);
    return operationsOf({ source: { ...source, name: nameOf(source, own) }, nouns: own, rowType, file });
  });
  const all = nameOperations(
    made,
    ({ data }) => `${data?.source} ${data?.action}`,
    await options.namesOf?.(title),
  );
  const { include = [] } = options;
  const operations =
    include.length === 0 ? all.operations : chooseOperations(all.operations, { include }, text.location);
  const blueprint: Blueprint = {
    blueprint: 1,
    id: options.id,
    title,
    version: '',
    source: {
      kind: 'sample',
      location: text.location,
      sha256: text.sha256,
      format,
      reader: READER,
      ...(include.length === 0 ? {} : { include: [...include] }),
    },
    servers: options.baseUrl === undefined ? servers : [{ url: options.baseUrl }],
    auth: { schemes: {}, default: [] },
    operations: [...operations],
    types: Object.fromEntries(
      typed.flatMap(({ source, rowType, writtenType }): [string, JsonSchema][] => [
        [rowType, rowSchema(source)],
        [writtenType, writtenSchema(source)],
      ]),
    ),
    omitted: [...omitted],
    names: all.lock,
    data: { sources: sources.map((source, index) => ({ ...source, name: nameOf(source, nouns[index]) })) },
  };
  return { blueprint, total: all.operations.length };
}
