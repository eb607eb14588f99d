import { isCatalog } from './database/fits.ts';
import { isGraphql } from './graphql/fits.ts';
import { isGrpc } from './grpc/fits.ts';
import { isHar } from './har/fits.ts';
import { isOpenRpc } from './json-rpc/fits.ts';
import { isMcpListing } from './mcp/fits.ts';
import { isPostman } from './postman/fits.ts';
import { isWsdl } from './soap/fits.ts';
import { isData } from './sample/fits.ts';
import type { ReadOptions, Reader, ReadResult } from './reader.ts';
import type { SourceText } from './source.ts';

/**
 * Every reader, asked in this order. A reader's code is loaded when its first source comes: a build of one kind does
 * not pay for the others. The last one takes whatever is left, and says what else a text looks like.
 */
const READERS: readonly Reader[] = [
  {
    kind: 'har',
    fits: ({ text }) => isHar(text),
    read: async (source, options) => (await import('./har/read.ts')).readHar(source, options),
  },
  {
    kind: 'postman',
    fits: ({ text }) => isPostman(text),
    read: async (source, options) => (await import('./postman/read.ts')).readPostman(source, options),
  },
  {
    kind: 'mcp',
    fits: ({ text }) => isMcpListing(text),
    read: async (source, options) => (await import('./mcp/read.ts')).readMcp(source, options),
  },
  {
    kind: 'json-rpc',
    fits: ({ text }) => isOpenRpc(text),
    read: async (source, options) => (await import('./json-rpc/read.ts')).readJsonRpc(source, options),
  },
  {
    kind: 'soap',
    fits: ({ text }) => isWsdl(text),
    read: async (source, options) => (await import('./soap/read.ts')).readSoap(source, options),
  },
  {
    kind: 'database',
    fits: ({ text }) => isCatalog(text),
    read: async (source, options) => (await import('./database/read.ts')).readDatabase(source, options),
  },
  {
    kind: 'grpc',
    fits: isGrpc,
    read: async (source, options) => (await import('./grpc/read.ts')).readGrpc(source, options),
  },
  {
    kind: 'graphql',
    fits: isGraphql,
    read: async (source, options) => (await import('./graphql/read.ts')).readGraphql(source, options),
  },
  {
    kind: 'sample',
    fits: isData,
    read: async (source, options) => (await import('./sample/read.ts')).readData(source, options),
  },
  {
    kind: 'openapi',
    fits: () => true,
    read: async (source, options) => (await import('./openapi/read.ts')).readOpenApi(source, options),
  },
];

/** Reads a source with the reader that knows its kind; rejects with that reader's errors. */
export async function readSource(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const reader = READERS.find((one) => one.fits(source));
  // The last reader fits everything.
  if (reader === undefined) throw new TypeError('no reader takes this source');
  return reader.read(source, options);
}
