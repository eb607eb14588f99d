import type { Blueprint, Operation } from '@counterpart/schemas';
import type { Env } from '../env.ts';
import type { WireRequest } from '../http/exchange.ts';
import type { Arguments } from '../tool.ts';
import { credentialsFor, type Credentials } from './auth.ts';
import { baseUrlOf } from './base-url.ts';
import { encodeBody } from './body.ts';
import { expandCookies, expandHeaders, expandPath, expandQuery } from './parameters.ts';
import { toWireNames } from './renames.ts';

/** A request ready to send, and what must be known of it afterwards. */
export interface BuiltRequest {
  readonly request: WireRequest;
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/** Input keys inside object parameters, back to their wire names. */
function wireArguments(operation: Operation, args: Arguments): Arguments {
  const renamed = operation.http.parameters.filter(
    ({ key, renames }) => renames !== undefined && Object.hasOwn(args, key),
  );
  if (renamed.length === 0) return args;
  return {
    ...args,
    ...Object.fromEntries(renamed.map(({ key, renames }) => [key, toWireNames(args[key] ?? null, renames)])),
  };
}

/** Headers by lower-case name; later ones replace earlier ones. */
function mergeHeaders(...all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(
    all.flatMap((headers) =>
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
    ),
  );
}

/** Headers that frame the message: a description or an argument must not set them. */
const FRAMING = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'host',
  'upgrade',
  'expect',
  'trailer',
  'te',
  'keep-alive',
]);

function argumentHeaders(operation: Operation, input: Arguments, hasBody: boolean): Record<string, string> {
  // The body's own type stands, except for plain bytes, of which only the caller knows what they are.
  const typed = hasBody && operation.http.body?.contents[0]?.kind !== 'binary';
  const headers = Object.entries(expandHeaders(operation.http.parameters, input));
  return Object.fromEntries(
    headers.filter(
      ([name]) => !FRAMING.has(name.toLowerCase()) && !(typed && name.toLowerCase() === 'content-type'),
    ),
  );
}

/**
 * The HTTP request of one call. Arguments are taken as valid by the operation's schema; what a schema cannot forbid (a
 * path that leaves its place, a line break in a header) throws ToolFailure. Credentials win over arguments.
 */
export function buildRequest(
  blueprint: Blueprint,
  operation: Operation,
  args: Arguments,
  env: Env,
): BuiltRequest {
  const { http } = operation;
  const input = wireArguments(operation, args);
  const baseUrl = baseUrlOf(blueprint, operation, env);
  const credentials = credentialsFor(blueprint, operation, env);
  const path = expandPath(http.path, http.parameters, input);
  const query = [expandQuery(http.parameters, input), ...credentials.query]
    .filter((part) => part !== '')
    .join('&');
  const body = encodeBody(http.body, input['body']);
  const cookies = [...expandCookies(http.parameters, input), ...credentials.cookies].join('; ');
  const accept = http.accept.length > 0 ? `${http.accept.join(', ')}, */*;q=0.1` : '*/*';
  return {
    request: {
      method: http.method,
      url: `${baseUrl}${path.startsWith('/') ? '' : '/'}${path}${query === '' ? '' : `${path.includes('?') ? '&' : '?'}${query}`}`,
      headers: mergeHeaders(
        { accept },
        body ? { 'content-type': body.contentType } : {},
        cookies === '' ? {} : { cookie: cookies },
        argumentHeaders(operation, input, body !== undefined),
        credentials.headers,
      ),
      body: body?.bytes,
    },
    baseUrl,
    credentials,
  };
}
