import { hash } from 'node:crypto';
import { canonicalJson, type ToolDefinition } from '@counterpart/schemas';
import { isMembers } from '../kernel/protocol/members.ts';

/** Members of `_meta` that belong to a message, not to the tool: the protocol's own, and W3C trace context. */
const OF_THE_MESSAGE = /^(?:io\.modelcontextprotocol\/.*|progressToken|traceparent|tracestate|baggage)$/;

/**
 * What an approval is of: all that a model reads, a client acts on or a call depends on. That is the whole definition as it
 * was listed, members unknown to the hub included, without its pictures (`icons`) and what `_meta` says of the message.
 */
function approvedPart(tool: ToolDefinition): Readonly<Record<string, unknown>> {
  const { icons: _pictures, _meta: meta, ...part } = tool;
  if (!isMembers(meta)) return part;
  const kept = Object.entries(meta).filter(([key]) => !OF_THE_MESSAGE.test(key));
  return kept.length === 0 ? part : { ...part, _meta: Object.fromEntries(kept) };
}

/** Definitions are kept as they were read, so each is hashed once. */
const hashes = new WeakMap<ToolDefinition, string>();

/** `sha256-` and 64 hex digits over the canonical JSON of `approvedPart`; the order of members does not matter. */
export function definitionHash(tool: ToolDefinition): string {
  const before = hashes.get(tool);
  if (before !== undefined) return before;
  const found = `sha256-${hash('sha256', canonicalJson(approvedPart(tool)), 'hex')}`;
  hashes.set(tool, found);
  return found;
}
