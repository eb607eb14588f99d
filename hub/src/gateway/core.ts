import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Catalog, CatalogView, Era, JsonMembers, ToolCalls, ViewSelector } from '../kernel/ports.ts';
import type { CodeRuns } from './code/code-runs.ts';
import type { FanOut } from './fan-out.ts';
import type { GatewayLimits } from './limits.ts';
import { extensions, withoutExtension } from '../kernel/protocol/extensions.ts';
import { ownHint } from './own/definitions.ts';
import type { Parking } from './parking/parking.ts';
import type { ResultStore } from './results/result-store.ts';
import type { ToolGate } from './relay/tool-gate.ts';
import { metaKeys } from './wire/meta.ts';

/** What every part of the gateway shares. */
export interface Core {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: GatewayLimits;
  readonly fanOut: FanOut;
  readonly parking: Parking;
  readonly gate: ToolGate;
  /** What the hub's own code calls tools by. */
  readonly calls: ToolCalls;
  readonly code: CodeRuns;
  readonly results: ResultStore;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly instructions: string | undefined;
  /** JSON text of the `_meta` member by which the hub signs its own results. */
  readonly metaText: string;
}

/** JSON text of a `_meta` that names the hub. */
export const signature = (serverInfo: Core['serverInfo']): string =>
  JSON.stringify({ [metaKeys.serverInfo]: serverInfo });

/** `_meta` key of the hub's own lists: servers that do not serve as they should, by id, with state and code. */
const SERVERS_KEY = 'dev.counterpart/servers';

/** JSON text of the `_meta` of a list of the hub: the hub's name, for clients of its own era, and servers in trouble. */
export function listMeta(core: Core, view: CatalogView, era: Era): string | undefined {
  const { outcomes } = view;
  const own = era === 'modern' ? core.metaText : undefined;
  if (outcomes === undefined) return own;
  const troubled = `"${SERVERS_KEY}":${outcomes}`;
  return own === undefined ? `{${troubled}}` : `${own.slice(0, -1)},${troubled}}`;
}

/** What a client is told the servers are for; undefined when there is nothing to say. */
export function instructionsOf(core: Core, view: CatalogView): string | undefined {
  const hint = ownHint(view);
  const parts = [core.instructions, hint, view.instructions].filter(
    (part) => part !== undefined && part !== '',
  );
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** A view's capabilities as clients of an era may be told: tasks of one era cannot be given to the other. */
export function offeredTo(era: Era, capabilities: JsonMembers): JsonMembers {
  if (era === 'legacy') return withoutExtension(capabilities, extensions.tasks);
  const { tasks: _legacy, ...offered } = capabilities;
  return offered;
}

/** Whether two clients look at the same URL of the gateway, for the same principal. */
export function sameSelector(a: ViewSelector, b: ViewSelector): boolean {
  if (a.principal !== b.principal) return false;
  switch (a.kind) {
    case 'all':
      return b.kind === 'all';
    case 'server':
      return b.kind === 'server' && a.id === b.id;
    case 'profile':
      return b.kind === 'profile' && a.name === b.name;
  }
}
