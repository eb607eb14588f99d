import type { HubConfig, ToolPolicy } from '@counterpart/schemas';
import type { CallPolicy, ToolDescription } from '../kernel/ports.ts';
import { matchTools } from '../kernel/tools/tool-patterns.ts';

type Rules = Pick<HubConfig, 'policy' | 'mcpServers' | 'overrides'>;
type Test = (tool: ToolDescription) => boolean;

/**
 * What `policy` of the configuration hides, for the whole hub and for each server. Nothing is left to decide when a call
 * comes: what is hidden is in no snapshot of the catalog, and is answered like a name that never was.
 */
export function configPolicy(config: () => Rules): CallPolicy {
  let read: Rules | undefined;
  let offers: Test = () => true;
  return {
    visible(tool) {
      const current = config();
      if (current !== read) {
        offers = offeredBy(current);
        read = current;
      }
      return offers(tool);
    },
  };
}

/** Whether the configuration offers a tool. Pure. */
export function offeredBy({ policy, mcpServers, overrides }: Rules): Test {
  const denied = matchTools(policy.deny);
  const servers = new Map(
    Object.entries({ ...mcpServers, ...overrides }).flatMap(([id, settings]) =>
      settings.policy ? [[id, serverRules(settings.policy)] as const] : [],
    ),
  );
  return ({ server, name, hubName, effect }) => {
    const own = servers.get(server);
    if (denied(hubName, effect) || own?.denied(name, effect) === true) return false;
    return effect === 'read' || !(own?.readOnly ?? policy.readOnly);
  };
}

const serverRules = ({ deny = [], readOnly }: ToolPolicy) => ({ denied: matchTools(deny), readOnly });
