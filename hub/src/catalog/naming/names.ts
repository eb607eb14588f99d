import { createHash } from 'node:crypto';

/** Longest name the hub gives: clients put `mcp__<hub>__` before it and models take 64 characters. */
export const LONGEST_NAME = 54;

const SEPARATOR = '__';

/** How the names of a server begin that has this prefix. */
export const prefixOf = (prefix: string): string => `${prefix}${SEPARATOR}`;

const HASH_DIGITS = 6;
/** What every model accepts in a function name; MCP itself also allows dots. */
const ILLEGAL = /[^A-Za-z0-9_-]/gu;

/**
 * A tool's or prompt's name in the hub: a pure function of the server and the name, so that no other server can change it.
 * Names that are too long, or hold characters some models refuse, get a hash of both, so that two of them stay two.
 * Without a prefix a name stays as it is.
 */
export function hubName(server: string, prefix: string, name: string): string {
  if (prefix === '') return name;
  const full = `${prefixOf(prefix)}${name}`;
  const legal = full.replace(ILLEGAL, '_');
  if (legal === full && full.length <= LONGEST_NAME) return full;
  const hash = createHash('sha256').update(`${server}\0${name}`).digest('hex').slice(0, HASH_DIGITS);
  return `${legal.slice(0, LONGEST_NAME - HASH_DIGITS - 1)}_${hash}`;
}

const INTERFACE = 'ui://';

/**
 * The URI under which the hub offers a resource whose own URI another server already has; `server` is its owner. One of an
 * app's interface keeps its scheme, by which clients know it (MCP Apps).
 */
export function hubUri(server: string, uri: string): string {
  if (uri.startsWith(INTERFACE)) return `${INTERFACE}hub+${server}/${uri.slice(INTERFACE.length)}`;
  return `hub+${server}:///${uri}`;
}

const REWRITTEN = /^hub\+([a-z0-9-]+):\/\/\/(.+)$/s;
const REWRITTEN_INTERFACE = /^ui:\/\/hub\+([a-z0-9-]+)\/(.+)$/s;

/** The owner and the own URI of a rewritten one. */
export function ownUri(uri: string): { readonly server: string; readonly uri: string } | undefined {
  const [, app, path] = REWRITTEN_INTERFACE.exec(uri) ?? [];
  if (app !== undefined && path !== undefined) return { server: app, uri: `${INTERFACE}${path}` };
  const [, server, own] = REWRITTEN.exec(uri) ?? [];
  return server !== undefined && own !== undefined ? { server, uri: own } : undefined;
}
