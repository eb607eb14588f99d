import { createHash } from 'node:crypto';
import type { SourceText } from '@counterpart/scaffolds/readers/source';
import { hubError, type ServerDetail } from '@counterpart/schemas';
import type { Context } from '../context.ts';
import { findServer } from '../names.ts';
import { LEARN_MS, untilLearned } from '../running/learned.ts';
import { findSettledHub } from '../running/running-hub.ts';
import { hubSettings } from '../settings.ts';
import { withHub } from '../running/with-hub.ts';

const PREFIX = 'mcp:';
/** How long a hub that is just starting is waited for. */
const SETTLE_MS = 30_000;

/**
 * What an MCP server of the hub lists, as a source to build from, when the location is `mcp:<server>`; undefined for every
 * other location. A hub that runs is asked, else one is started for as long as it takes. Rejects with SERVER_UNKNOWN, and with
 * SOURCE_UNREADABLE where the server has never said what it has.
 */
export async function mcpSource(context: Context, location: string): Promise<SourceText | undefined> {
  if (!location.startsWith(PREFIX)) return undefined;
  const server = location.slice(PREFIX.length);
  if (/^https?:|[\s/]/i.test(server)) {
    const detail = `${location} names no server of the hub: add it first (\`hub add <name> ${server}\`), then build from mcp:<name>.`;
    throw hubError('USAGE', { detail, command: 'hub build' });
  }
  const presence = await findSettledHub(context.home, SETTLE_MS, context.signal);
  return withHub(context, async (hub) => {
    await untilLearned(hub, LEARN_MS, context.signal, server);
    const found = await findServer(hub, server);
    if (!found.listed) throw hubError('SOURCE_UNREADABLE', { source: location, detail: whyUnlisted(found) });
    const { url: own, description } = found;
    const lists = await hub.lists(server);
    const listing = {
      mcpListing: 1,
      server,
      title: `${server} over REST`,
      // A hub that was started for this is gone in a moment; where one will listen is in the configuration.
      hub: presence.kind === 'running' ? hub.url : (hubSettings(context.home).url ?? hub.url),
      ...(description === undefined ? {} : { instructions: description }),
      ...lists,
    };
    const text = JSON.stringify(listing);
    const sha256 = `sha256-${createHash('sha256')
      .update(JSON.stringify([own ?? server, lists]))
      .digest('hex')}`;
    return { text, location, sha256 };
  });
}

const whyUnlisted = ({ id, enabled, problem }: ServerDetail): string =>
  enabled
    ? (problem ?? `it has not said what it has; \`hub logs ${id}\` shows how far it is`)
    : `it is disabled; \`hub enable ${id}\` serves it again`;
