import { type HookSlot, hubError, type HookSummary } from '@counterpart/schemas';
import type { Fleet } from '../../fleet/fleet.ts';
import { HOOKS_PATH, type HookService } from '../../http/routes/hook-routes.ts';
import type { Inbox } from '../../inbox/inbox.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { Redactor } from '../../kernel/redact.ts';

interface Desk {
  readonly fleet: Fleet;
  readonly inbox: Inbox;
  readonly events: EventLog;
  readonly redactor: Redactor;
  readonly url: () => string;
}

/** What `/hooks` and `/api/hooks` do: the hooks are those that the manifests of the hub's servers name. */
export function hookDesk({ fleet, inbox, events, redactor, url }: Desk): HookService {
  const summary = (server: string, { name, description }: HookSlot): HookSummary => {
    const place = { server, hook: name };
    const token = inbox.tokenOf(place);
    redactor.add(token);
    const { bytes, lastAt } = inbox.facts(place);
    return {
      server,
      name,
      ...(description === undefined ? {} : { description }),
      url: `${url()}${HOOKS_PATH}${server}/${name}?token=${token}`,
      token,
      folder: inbox.folderOf(place),
      bytes,
      ...(lastAt === undefined ? {} : { lastAt: new Date(lastAt).toISOString() }),
    };
  };
  const find = (server: string, name: string): HookSlot => {
    const slot = hooksOf(fleet, server).find((one) => one.name === name);
    if (slot === undefined) throw hubError('HOOK_UNKNOWN', { hook: `${server}/${name}` });
    return slot;
  };
  return {
    list: () =>
      [...fleet.members.keys()].flatMap((server) =>
        hooksOf(fleet, server).map((slot) => summary(server, slot)),
      ),
    rotate(server, name) {
      const slot = find(server, name);
      inbox.rotate({ server, hook: name });
      return summary(server, slot);
    },
    async take({ server, name, token }, text) {
      const place = { server, hook: find(server, name).name };
      if (!inbox.isToken(place, token)) throw hubError('HOOK_UNKNOWN', { hook: `${server}/${name}` });
      const bytes = await inbox.keep(place, await text());
      events.publish({ kind: 'hook-received', server, hook: name, bytes });
      return { kept: true, bytes };
    },
  };
}

function hooksOf(fleet: Fleet, server: string): readonly HookSlot[] {
  const origin = fleet.members.get(server)?.desired.origin;
  return origin?.kind === 'built' ? (origin.found.manifest.hooks ?? []) : [];
}
