import { hostAllowed } from '@counterpart/kit/broker';
import {
  hubError,
  type Capability,
  type ChangePermissionRequest,
  type HubConfig,
  type ServerOverride,
  type ServerPermissions,
} from '@counterpart/schemas';
import type { ConfigStore } from '../../config/store.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Member } from '../../fleet/member.ts';
import { listPermissions } from '../../fleet/permissions/listed.ts';
import type { PermissionService } from '../../http/oversight/permission-routes.ts';
import type { AuditTrail } from '../../kernel/ports.ts';
import { settingsDesk } from './settings-desk.ts';

interface Desk {
  readonly config: ConfigStore;
  readonly fleet: Fleet;
  /** As the hub was started with it. */
  readonly started: HubConfig;
  readonly audit: AuditTrail;
}

/** What each server may use, and how its owner takes some of that back: decision 0098. */
export function permissionDesk(desk: Desk): PermissionService {
  const { config, fleet, audit } = desk;
  const settings = settingsDesk(desk);
  const listOf = ({ desired }: Member): ServerPermissions => {
    const tools = settings.tools().filter(({ server }) => server === desired.id);
    return listPermissions(desired, tools, config.current().defaults);
  };
  const apply = async (server: string, word: ChangePermissionRequest): Promise<void> => {
    const { change, capability, name } = word;
    if (capability === 'tool') return void (await settings.setTool(server, name, change === 'allow'));
    const permissions = changed(config.current().overrides[server]?.permissions?.deny, capability, word);
    await settings.change({ overrides: { [server]: { permissions } } });
  };
  return {
    all: () => [...fleet.members.values()].map(listOf),
    of: (server) => listOf(fleet.get(server)),
    async change(server, word) {
      const { change, capability, name } = word;
      const before = listOf(fleet.get(server));
      const known = before.permissions.find((one) => one.capability === capability && one.name === name);
      if (known?.state === (change === 'allow' ? 'allowed' : 'denied')) return before;
      assertPossible(fleet.get(server), before, word);
      const act = {
        action: change === 'allow' ? 'permission.allow' : 'permission.deny',
        subject: server,
        facts: { capability, name },
      } as const;
      await audit.acting(act, () => apply(server, word));
      return listOf(fleet.get(server));
    },
  };
}

/** Throws what keeps the owner's word from being kept. */
function assertPossible({ desired }: Member, before: ServerPermissions, word: ChangePermissionRequest): void {
  const { server } = before;
  if (word.capability !== 'tool' && desired.origin.kind !== 'built')
    throw hubError('INPUT_INVALID', {
      subject: `${server} ${word.capability}`,
      detail: 'it was not built here: change its entry in hub.config.json (`network.allow`, `files`, `env`)',
    });
  (word.change === 'allow' ? assertApproved : assertDeniable)(before, word);
}

const namesOf = ({ permissions }: ServerPermissions, capability: Capability): string[] =>
  permissions.flatMap((one) => (one.capability === capability ? [one.name] : []));

function assertApproved(before: ServerPermissions, { capability, name }: ChangePermissionRequest): void {
  if (!namesOf(before, capability).includes(name))
    throw hubError('PERMISSION_BEYOND', { server: before.server, capability, name });
  const wider = capability === 'net' ? widerDenial(before, name) : undefined;
  if (wider !== undefined)
    throw hubError('INPUT_INVALID', {
      subject: name,
      detail: `${wider} is denied, which holds for it too: allow that`,
    });
}

function assertDeniable(before: ServerPermissions, { capability, name }: ChangePermissionRequest): void {
  const { server, walls } = before;
  const names = namesOf(before, capability);
  if (!names.includes(name) && !(capability === 'net' && hostAllowed(name, names))) {
    throw hubError('PERMISSION_UNKNOWN', { server, capability, name, known: knownOf(names) });
  }
  if (walls === 'none' && (capability === 'net' || capability === 'fs'))
    throw hubError('PERMISSION_UNHELD', { server, capability, name });
}

/** Of thousands of tools only some are told. */
const MOST_TOLD = 10;

function knownOf(names: readonly string[]): string {
  if (names.length === 0) return 'it asks for none';
  const more = names.length > MOST_TOLD ? ` and ${names.length - MOST_TOLD} more` : '';
  return `it lists ${names.slice(0, MOST_TOLD).join(', ')}${more}`;
}

/** The pattern of hosts by which this one is denied too. */
const widerDenial = ({ permissions }: ServerPermissions, host: string): string | undefined =>
  permissions.find(
    ({ capability, name, state }) =>
      capability === 'net' && state === 'denied' && name !== host && hostAllowed(host, [name]),
  )?.name;

type Denied = NonNullable<NonNullable<ServerOverride['permissions']>['deny']>;

/** The member `permissions` as a JSON Merge Patch: null where nothing is denied any more. */
function changed(
  before: Denied = {},
  capability: keyof Denied,
  { change, name }: ChangePermissionRequest,
): { readonly deny: { readonly [Key in keyof Denied]: readonly string[] | null } } | null {
  const others = (before[capability] ?? []).filter((one) => one !== name);
  const names = change === 'deny' ? [...others, name] : others;
  if (names.length > 0) return { deny: { [capability]: names } };
  const { [capability]: _, ...rest } = before;
  return Object.keys(rest).length === 0 ? null : { deny: { [capability]: null } };
}
