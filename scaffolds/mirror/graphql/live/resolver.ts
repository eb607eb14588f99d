import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import {
  toCounterpartError,
  type Json,
  type JsonObject,
  type TranslatedField,
  type TranslationFacet,
} from '@counterpart/schemas';
import type { CallTool } from '../../live/call-tool.ts';
import { createJoin, type Join } from './join.ts';

/** Calls of tools that one document may cause: fields of fields multiply. */
const MOST_CALLS = 100;

export type Resolver = (
  source: unknown,
  args: JsonObject,
  context: unknown,
  info: GraphQLResolveInfo,
) => unknown;

/**
 * The resolver for one document: fields of the roots call their tools, fields that join rows ask for many at once, and
 * every other field is what the tool answered.
 */
export function liveResolver({ server, fields, joins }: TranslationFacet, callTool: CallTool): Resolver {
  const call = counted(callTool);
  const opened = new Map<string, Join>();
  return (source, args, _context, { parentType, fieldName }) => {
    const place = `${parentType.name}.${fieldName}`;
    const field = fields[place];
    if (field !== undefined) return call(field.tool, argumentsFor(field, args));
    const join = joins[place];
    if (join !== undefined) {
      const open = opened.get(place) ?? createJoin(place, join, call);
      opened.set(place, open);
      return open(source);
    }
    if (source !== undefined && source !== null) return memberOf(source, fieldName);
    if (place === 'Query.server') return server;
    throw new GraphQLError(`No tool answers ${place}: in the mode live a service that was translated does.`);
  };
}

const memberOf = (source: unknown, name: string): unknown =>
  typeof source === 'object' && source !== null && Object.hasOwn(source, name)
    ? Reflect.get(source, name)
    : undefined;

/** What a field was given, by the keys of its tool; null is nothing given, which tools do not know. */
function argumentsFor({ arguments: renamed = {} }: TranslatedField, args: JsonObject): JsonObject {
  const given = Object.entries(args).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]): [string, Json] => [renamed[name] ?? name, value]));
}

/** Calls up to the limit; every failure says in GraphQL's form what the hub says. */
function counted(call: CallTool): CallTool {
  let left = MOST_CALLS;
  return async (tool, args) => {
    left -= 1;
    if (left < 0)
      throw new GraphQLError(
        `The document needs more than ${MOST_CALLS} calls of tools: ask for less at once.`,
        {
          extensions: { code: 'TOO_MANY_CALLS' },
        },
      );
    try {
      return await call(tool, args);
    } catch (thrown) {
      const { code, words } = toCounterpartError(thrown);
      throw new GraphQLError(words, { extensions: { code } });
    }
  };
}
