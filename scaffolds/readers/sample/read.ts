import { basename } from 'node:path';
import type { Blueprint, Operation } from '@counterpart/schemas';
import { chooseOperations } from '../../selection/choose.ts';
import { cutText, plainText } from '../openapi/text/text.ts';
import { keepNames, lockOf } from '../name-lock.ts';
import { ToolName } from '@counterpart/schemas';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { nounsOf } from './names.ts';
import { operationsOf, ROW_TYPE, rowSchema, WRITTEN_TYPE, writtenSchema } from './operations.ts';
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

/** The file's name without its extension: a table has no title of its own. */
function titleOf({ location }: SourceText, id: string): string {
  const base = basename(location).replace(/\.[A-Za-z0-9]{1,6}$/, '');
  const plain = plainText(base).replaceAll(/\s+/g, ' ').trim();
  return plain === '' || plain === 'standard input' ? id : cutText(plain, 200);
}

async function named(operations: readonly Operation[], title: string, { namesOf }: ReadOptions) {
  const fresh = operations.map(({ name, data }) => ({
    key: `rows ${data?.action}`,
    operationId: undefined,
    name,
  }));
  const names = keepNames(fresh, await namesOf?.(title));
  return {
    lock: lockOf(fresh, names),
    operations: operations.map((one, index) => ({ ...one, name: ToolName.parse(names[index] ?? one.name) })),
  };
}

/**
 * Compiles a file of rows into a blueprint with tools that query it. Columns are what a bounded number of rows shows, and
 * say so. Rejects with DATA_UNREADABLE or INCLUDE_UNMATCHED.
 */
export async function readData(text: SourceText, options: ReadOptions): Promise<ReadResult> {
  const { source, format, omitted } = await findRows(text);
  const title = titleOf(text, options.id);
  const { servers, path } = placeOf(text, title);
  const making = { source, nouns: nounsOf(title), path };
  const all = await named(operationsOf(making), title, options);
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
    types: { [ROW_TYPE]: rowSchema(source), [WRITTEN_TYPE]: writtenSchema(source) },
    omitted: [...omitted],
    names: all.lock,
    data: { sources: [source] },
  };
  return { blueprint, total: all.operations.length };
}
