import { hubError, type Omission, type Operation } from '@counterpart/schemas';
import { withoutSecrets } from '../har/read.ts';
import { readOpenApi } from '../openapi/read.ts';
import { textMember, objectMember } from '../openapi/source/json-tree.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { parseCollection } from './saved/collection.ts';
import { describeCollection, type DescribedCollection } from './document.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'postman@1';

/**
 * Compiles a Postman collection of format 1, 2.0 or 2.1 into a blueprint: folders are tags, examples and bodies tell the types,
 * and no credential that was saved in it goes on. Rejects with SOURCE_NOT_A_DESCRIPTION, SOURCE_EMPTY or INCLUDE_UNMATCHED.
 */
export async function readPostman(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const collection = parseCollection(source);
  const described = describeCollection(collection);
  if (described.origin.size === 0)
    throw hubError('SOURCE_EMPTY', {
      source: source.location,
      detail: described.omitted[0]?.reason.replace(/\.$/, '') ?? 'the collection has no requests',
    });
  const { location, sha256 } = source;
  const text = JSON.stringify(withoutSecrets(described.document, described.vault));
  const { blueprint, total } = await readOpenApi({ text, location, sha256 }, options);
  const version =
    /v(\d+\.\d+)/.exec(textMember(objectMember(collection, 'info'), 'schema') ?? '')?.[1] ?? '2';
  const place = <T extends Operation | Omission>(one: T): T => ({ ...one, source: placeIn(one, described) });
  return {
    total: total + described.omitted.filter(({ severity }) => severity === 'operation').length,
    blueprint: {
      ...blueprint,
      source: { ...blueprint.source, kind: 'postman', format: `postman ${version}`, reader: READER },
      operations: blueprint.operations.map((operation) => {
        const isQuery = described.reading.has(operation.source.pointer);
        return { ...place(operation), ...(isQuery ? { effect: 'read', idempotent: true } : {}) };
      }),
      omitted: [...described.omitted, ...blueprint.omitted.map(place)],
    },
  };
}

/** The saved request that an operation, or something within it, was read from. */
function placeIn({ source }: Operation | Omission, { origin }: DescribedCollection): Operation['source'] {
  const operation = /^#\/paths\/[^/]+\/[^/]+/.exec(source.pointer)?.[0] ?? '';
  return { pointer: origin.get(operation) ?? '#' };
}
