import type { Blueprint, HttpBinding, Operation } from '@counterpart/schemas';
import type { Env } from '../env.ts';
import { joinCookies, mergeHeaders, withQuery } from '../http/compose.ts';
import type { WireRequest } from '../http/exchange.ts';
import type { Arguments } from '../tools/tool.ts';
import { credentialsFor, type Credentials } from '../credentials/credentials.ts';
import { baseUrlOf } from './base-url.ts';
import { contentFor, encodeBody } from './encode/body.ts';
import { expandCookies, expandHeaders, expandPath, expandQuery } from './encode/parameters.ts';
import { toWireNames } from './renames.ts';

/** A request ready to send, and what must be known of it afterwards. */
export interface BuiltRequest {
  readonly request: WireRequest;
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/** Input keys inside object parameters, back to their wire names. */
function wireArguments({ parameters }: HttpBinding, args: Arguments): Arguments {
  const renamed = parameters.filter(({ key, renames }) => renames !== undefined && Object.hasOwn(args, key));
  if (renamed.length === 0) return args;
  return {
    ...args,
    ...Object.fromEntries(renamed.map(({ key, renames }) => [key, toWireNames(args[key] ?? null, renames)])),
  };
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

function argumentHeaders(http: HttpBinding, input: Arguments): Record<string, string> {
  // The body's own type stands, except for plain bytes, of which only the caller knows what they are.
  const content = http.body && contentFor(http.body, input['body']);
  const typed = content !== undefined && content.kind !== 'binary';
  const headers = Object.entries(expandHeaders(http.parameters, input));
  return Object.fromEntries(
    headers.filter(
      ([name]) => !FRAMING.has(name.toLowerCase()) && !(typed && name.toLowerCase() === 'content-type'),
    ),
  );
}

/** A request without an address and without credentials. */
export interface UnaddressedRequest {
  readonly method: string;
  /** Path, with a slash before it, and query; encoded. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** Least quality of a type that is named; others get a tenth. */
const LEAST_QUALITY = 2;

/** The order of the types as qualities (RFC 9110, 12.4.2): without them a service may take any, and many take their own first. */
function acceptHeader(types: readonly string[]): string {
  const ranked = types.map((type, index) => {
    const tenths = Math.max(LEAST_QUALITY, 10 - index);
    return tenths === 10 ? type : `${type};q=0.${tenths}`;
  });
  return [...ranked, types.length > 0 ? '*/*;q=0.1' : '*/*'].join(', ');
}

/**
 * What a binding makes of an input. Arguments are taken as valid by the operation's schema; what a schema cannot forbid
 * (a path that leaves its place, a line break in a header) throws ToolFailure.
 */
export function bindInput(http: HttpBinding, args: Arguments): UnaddressedRequest {
  const input = wireArguments(http, args);
  const path = expandPath(http.path, http.parameters, input);
  const body = encodeBody(http.body, input['body']);
  const cookie = joinCookies(undefined, expandCookies(http.parameters, input));
  return {
    method: http.method,
    target: withQuery(path.startsWith('/') ? path : `/${path}`, [expandQuery(http.parameters, input)]),
    headers: mergeHeaders(
      { accept: acceptHeader(http.accept) },
      body ? { 'content-type': body.contentType } : {},
      argumentHeaders(http, input),
      cookie === undefined ? {} : { cookie },
    ),
    body: body?.bytes,
  };
}

/** The HTTP request of one call. Credentials win over arguments. Throws what `bindInput` and `credentialsFor` throw. */
export function buildRequest(
  blueprint: Blueprint,
  operation: Operation,
  args: Arguments,
  env: Env,
): BuiltRequest {
  const baseUrl = baseUrlOf(blueprint, operation, env);
  const credentials = credentialsFor(blueprint, operation, env);
  const { method, target, headers, body } = bindInput(operation.http, args);
  const cookie = joinCookies(headers['cookie'], credentials.cookies);
  return {
    request: {
      method,
      url: `${baseUrl}${withQuery(target, credentials.query)}`,
      headers: mergeHeaders(headers, cookie === undefined ? {} : { cookie }, credentials.headers),
      body,
    },
    baseUrl,
    credentials,
  };
}
