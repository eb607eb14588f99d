import { GraphQLError } from 'graphql';
import type { JsonObject } from '@counterpart/schemas';
import type { Thing } from './entities.ts';
import type { PageType } from './page-type.ts';

const toCursor = ({ row }: Thing): string => Buffer.from(`cursor:${row.id}`).toString('base64url');

function indexOf(things: readonly Thing[], cursor: unknown, name: string): number | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const index = things.findIndex((thing) => toCursor(thing) === cursor);
  if (index === -1)
    throw new GraphQLError(`${JSON.stringify(cursor)} is no cursor of this list, in \`${name}\`.`, {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  return index;
}

function countOf(args: JsonObject, name: 'first' | 'last'): number | undefined {
  const value = args[name];
  if (typeof value !== 'number') return undefined;
  if (value < 0)
    throw new GraphQLError(`\`${name}\` must not be negative.`, { extensions: { code: 'BAD_USER_INPUT' } });
  return value;
}

/** A part of a list as a page, by `first`, `after`, `last` and `before`. */
export function toPage(things: readonly Thing[], { page, edge }: PageType, args: JsonObject): object {
  const from = (indexOf(things, args['after'], 'after') ?? -1) + 1;
  const to = indexOf(things, args['before'], 'before') ?? things.length;
  const range = things.slice(from, Math.max(from, to));
  const [first, last] = [countOf(args, 'first'), countOf(args, 'last')];
  const head = first === undefined ? range : range.slice(0, first);
  const kept = last === undefined ? head : head.slice(Math.max(0, head.length - last));
  const edges = kept.map((node) => ({ __typename: edge.name, cursor: toCursor(node), node }));
  const pageInfo = {
    __typename: 'PageInfo',
    hasNextPage: first !== undefined && head.length < range.length ? true : to < things.length,
    hasPreviousPage: last !== undefined && kept.length < head.length ? true : from > 0,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return {
    __typename: page.name,
    edges,
    nodes: kept,
    pageInfo,
    totalCount: things.length,
    count: things.length,
    total: things.length,
  };
}

const sizeIn = (args: JsonObject, pattern: RegExp): number | undefined => {
  const value = Object.entries(args).find(([name]) => pattern.test(name))?.[1];
  return typeof value === 'number' && value >= 0 ? value : undefined;
};

/** A part of a plain list, by the arguments that services give such lists. */
export function partOf(things: readonly Thing[], args: JsonObject): readonly Thing[] {
  const size = sizeIn(args, /^(?:first|limit|take|page_?size|per_?page)$/i);
  const page = sizeIn(args, /^page$/i);
  const start =
    sizeIn(args, /^(?:offset|skip)$/i) ?? (page === undefined ? 0 : Math.max(0, page - 1) * (size ?? 10));
  return things.slice(start, size === undefined ? undefined : start + size);
}
