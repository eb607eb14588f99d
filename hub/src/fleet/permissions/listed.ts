import { addressOf, hostAllowed } from '@counterpart/kit/http/hosts';
import { baseUrlName } from '@counterpart/kit/settings';
import type { Capability, HubConfig, Permission, ServerPermissions } from '@counterpart/schemas';
import type { DesiredServer, Origin } from '../desired.ts';

/** A tool of a server, and whether it is offered. */
export interface OfferedTool {
  readonly tool: string;
  readonly enabled: boolean;
}

/** Everything that a server may use or is denied, and what of it nothing holds it to. Pure. */
export function listPermissions(
  { id, origin }: DesiredServer,
  tools: readonly OfferedTool[],
  defaults: Pick<HubConfig['defaults'], 'walls'>,
): ServerPermissions {
  const offered = listed('tool', {
    [origin.kind === 'built' ? 'manifest' : 'owner']: tools.map(({ tool }) => tool),
    denied: tools.flatMap(({ tool, enabled }) => (enabled ? [] : [tool])),
  });
  if (origin.kind === 'remote')
    return { server: id, walls: 'none', permissions: offered, unheld: [ELSEWHERE] };
  const settings = origin.kind === 'built' ? origin.override : origin.entry;
  const walls = settings?.walls ?? (origin.kind === 'built' ? defaults.walls : 'none');
  const own = origin.kind === 'built' ? ofBuilt(origin) : ofCommand(origin);
  return { server: id, walls, permissions: [...own, ...offered], unheld: walls === 'none' ? [OPEN] : [] };
}

function ofCommand({ entry }: Extract<Origin, { kind: 'command' }>): Permission[] {
  const paths = entry.files?.map((file) => (typeof file === 'string' ? file : file.path));
  return [...listed('net', { owner: entry.network?.allow }), ...listed('fs', { owner: paths })];
}

function ofBuilt({ found, override = {} }: Extract<Origin, { kind: 'built' }>): Permission[] {
  const { id, permissions, secrets } = found.manifest;
  const { network, env, permissions: { deny = {} } = {} } = override;
  const owner = [...(network?.allow ?? []), ...hostOf(env?.[baseUrlName(id)])];
  return [
    ...listed('net', { manifest: permissions.net, owner, denied: deny.net }),
    ...listed('fs', { manifest: permissions.files, denied: deny.fs }),
    ...listed('secret', { manifest: secrets.map(({ name }) => name), denied: deny.secret }),
  ];
}

const OPEN = 'without walls nothing holds it to hosts and files: `"walls": "sandbox"` does';
const ELSEWHERE = 'it runs elsewhere: only its tools can be denied here';

const hostOf = (url: string | undefined): string[] =>
  url !== undefined && URL.canParse(url) ? [addressOf(url).host] : [];

interface Words {
  readonly manifest?: readonly string[] | undefined;
  readonly owner?: readonly string[] | undefined;
  readonly denied?: readonly string[] | undefined;
}

/** Each name once; what is denied stays on the list, also when no version names it any more. */
function listed(capability: Capability, { manifest = [], owner = [], denied = [] }: Words): Permission[] {
  return [...new Set([...manifest, ...owner, ...denied])].map((name) => {
    if (isDenied(capability, name, denied)) return { capability, name, state: 'denied', by: 'owner' };
    return { capability, name, state: 'allowed', by: manifest.includes(name) ? 'manifest' : 'owner' };
  });
}

const isDenied = (capability: Capability, name: string, denied: readonly string[]): boolean =>
  denied.includes(name) || (capability === 'net' && hostAllowed(name, denied));
