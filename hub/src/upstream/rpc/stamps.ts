import packageFile from '../../../package.json' with { type: 'json' };
import type { Caller, Era, JsonMembers, RelayRequest } from '../../kernel/ports.ts';
import { extensionOf, extensions } from '../../kernel/protocol/extensions.ts';
import { membersOf } from '../../kernel/protocol/members.ts';

export const MODERN_VERSION = '2026-07-28';
/** Newest first; the first one is asked for. */
export const LEGACY_VERSIONS: readonly string[] = [
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
];

export const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CLIENT_INFO_KEY = 'io.modelcontextprotocol/clientInfo';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';
const LOG_LEVEL_KEY = 'io.modelcontextprotocol/logLevel';

/** How the hub names itself to servers. */
export const HUB_INFO: JsonMembers = { name: 'counterpart', version: packageFile.version };

/** The hub itself asks: it can be asked nothing. */
export const HUB_CALLER: Caller = { era: 'modern', capabilities: {}, clientInfo: HUB_INFO };

/** What the gateway asks a legacy client for on behalf of a modern server. */
const ASKED_FOR_LEGACY = ['elicitation', 'sampling', 'roots'];

/**
 * What a modern server may ask of this caller. Input requests of a modern client travel in the answer and need nothing from
 * the hub; a legacy client could not read them, so the gateway answers them by asking it. That it can show user interfaces
 * is as true in one era as in the other.
 */
export function carriedCapabilities({ era, capabilities }: Caller): JsonMembers {
  if (era === 'modern') return capabilities;
  const carried: JsonMembers = {};
  for (const name of ASKED_FOR_LEGACY)
    if (capabilities[name] !== undefined) carried[name] = capabilities[name];
  const ui = extensionOf(capabilities, extensions.ui);
  if (ui) carried['extensions'] = { [extensions.ui]: ui };
  return carried;
}

/** A legacy client that never named a level gets logs all the same; a modern server sends none unasked. */
const USUAL_LOG_LEVEL = 'info';

/** `_meta` of a request to a modern server (2026-07-28, basic: every request carries these). */
export function modernMeta(meta: unknown, caller: Caller): JsonMembers {
  const stamped: JsonMembers = { ...membersOf(meta) };
  stamped[VERSION_KEY] = MODERN_VERSION;
  stamped[CLIENT_INFO_KEY] = caller.clientInfo ?? HUB_INFO;
  stamped[CAPABILITIES_KEY] = carriedCapabilities(caller);
  const level = caller.logLevel ?? (caller.era === 'legacy' ? USUAL_LOG_LEVEL : undefined);
  if (level !== undefined) stamped[LOG_LEVEL_KEY] = level;
  return stamped;
}

/** Of the callers whose sessions last: each makes many calls. */
const metaTexts = new WeakMap<Caller, string>();

/** The same as JSON text, for a request without a `_meta` of its own. */
function modernMetaText(caller: Caller): string {
  if (caller.era === 'modern') return JSON.stringify(modernMeta(undefined, caller));
  const known = metaTexts.get(caller);
  if (known !== undefined) return known;
  const text = JSON.stringify(modernMeta(undefined, caller));
  metaTexts.set(caller, text);
  return text;
}

export interface Stamping {
  /** Of the server. */
  readonly era: Era | undefined;
  readonly caller: Caller;
  /** Of the request, by which the server reports progress. */
  readonly id: number;
}

/** JSON text of a relayed request's parameters, with the `_meta` that the server's era wants. */
export function relayedText(
  { params, progressToken }: Pick<RelayRequest, 'params' | 'progressToken'>,
  { era, caller, id }: Stamping,
): string {
  const isModern = era === 'modern';
  const meta = params['_meta'];
  if (meta === undefined && progressToken === undefined)
    return isModern ? withMeta(params, modernMetaText(caller)) : JSON.stringify(params);
  const stamped = isModern ? modernMeta(meta, caller) : { ...membersOf(meta) };
  if (progressToken !== undefined) stamped['progressToken'] = id;
  return JSON.stringify({ ...params, _meta: stamped });
}

/** Parameters of the hub's own request to a modern server. */
export function stampedAsHub(params: JsonMembers, capabilities: JsonMembers | undefined): JsonMembers {
  const caller = capabilities ? { ...HUB_CALLER, capabilities } : HUB_CALLER;
  return { ...params, _meta: modernMeta(params['_meta'], caller) };
}

/** A request as JSON text. Names of methods that are relayed or asked for are plain. */
export const frameText = ({ id, method }: { id: number; method: string }, paramsText: string): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${paramsText}}`;

const EMPTY = '{}';

/** Parameters without a `_meta` of their own as JSON text, with one. */
function withMeta(params: JsonMembers, metaText: string): string {
  const text = JSON.stringify(params);
  return `${text.slice(0, -1)}${text.length > EMPTY.length ? ',' : ''}"_meta":${metaText}}`;
}
