import { effectOf, type HubConfig, hubError, type Settings, type ToolState } from '@counterpart/schemas';
import { hubName } from '../../catalog/naming/names.ts';
import { needsRestart } from '../../config/needs-restart.ts';
import { masked, mergePatch, setDenied } from '../../config/settings.ts';
import type { ConfigStore } from '../../config/store.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Member } from '../../fleet/member.ts';
import type { SettingsService } from '../../http/routes/settings-routes.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import { offeredBy } from '../../policy/config-policy.ts';

interface Desk {
  readonly config: ConfigStore;
  readonly fleet: Fleet;
  /** As the hub was started with it. */
  readonly started: HubConfig;
}

/** The configuration of a running hub, and which tools it offers, as a program reads and changes them. */
export function settingsDesk(desk: Desk): SettingsService {
  const { config, fleet } = desk;
  const apply = async (edit: (json: Record<string, unknown>) => void): Promise<void> => {
    await config.update(edit);
    await config.load();
    await fleet.reconcile();
  };
  return {
    show: () => settingsOf(desk),
    async change(patch) {
      await apply((json) => mergePatch(json, patch));
      return settingsOf(desk);
    },
    tools: () => [...fleet.members.values()].flatMap((member) => statesOf(member, config.current())),
    async setTool(server, tool, enabled) {
      const state = () => stateIn(fleet.get(server), tool, config.current());
      if (state().enabled === enabled) return state();
      const place = fleet.get(server).desired.origin.kind === 'built' ? 'overrides' : 'mcpServers';
      await apply((json) => {
        const all = copyOf(json[place]);
        const settings = copyOf(all[server]);
        setDenied(settings, tool, !enabled);
        json[place] = { ...all, [server]: settings };
      });
      const now = state();
      if (now.enabled !== enabled)
        throw hubError('INPUT_INVALID', {
          subject: `${server} ${tool}`,
          detail:
            'a rule for more than this tool leaves it out: change `policy` of the hub or of its server (PATCH /api/settings)',
        });
      return now;
    },
  };
}

const copyOf = (value: unknown): Record<string, unknown> => (isMembers(value) ? { ...value } : {});

function settingsOf({ config, started }: Desk): Settings {
  const problem = config.problem();
  const current = config.current();
  return {
    settings: copyOf(masked(current)),
    needsRestart: needsRestart(started, current),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Every tool that the server lists, or did when it ran last. */
function statesOf({ desired: { id, prefix }, upstream, known }: Member, config: HubConfig): ToolState[] {
  const isOffered = offeredBy(config);
  return (upstream.lists?.tools ?? known?.tools ?? []).map((definition) => {
    const { name: tool } = definition;
    const name = hubName(id, prefix, tool);
    const effect = effectOf(definition);
    const enabled = isOffered({ server: id, name: tool, hubName: name, effect });
    return { name, server: id, tool, effect, enabled };
  });
}

function stateIn(member: Member, tool: string, config: HubConfig): ToolState {
  const found = statesOf(member, config).find((state) => state.tool === tool);
  if (found) return found;
  throw hubError('TOOL_UNKNOWN', { tool: `${member.desired.id} ${tool}`.slice(0, 200), suggestion: '' });
}
