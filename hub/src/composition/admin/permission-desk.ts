import { hostAllowed } from '@counterpart/kit/http/hosts';
import {
  effectOf,
  hubError,
  type Capability,
  type ChangePermissionRequest,
  type HubConfig,
  type Permission,
  type ServerOverride,
  type ServerPermissions,
} from '@counterpart/schemas';
import { hubName } from '../../catalog/naming/names.ts';
import type { ConfigStore } from '../../config/store.ts';
import type { DesiredServer } from '../../fleet/desired.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Member } from '../../fleet/member.ts';
import { listPermissions, type OfferedTool } from '../../fleet/permissions/listed.ts';
import type { PermissionService } from '../../http/oversight/permission-routes.ts';
import type { AuditTrail, CandidateReview } from '../../kernel/ports.ts';
import { offeredBy } from '../../policy/config-policy.ts';
import { settingsDesk } from './settings-desk.ts';

interface Desk {
  readonly config: ConfigStore;
  readonly fleet: Fleet;
  /** As the hub was started with it. */
  readonly started: HubConfig;
  readonly audit: AuditTrail;
}

/** A package that is not in use, or not yet. */
type Candidate = Pick<CandidateReview, 'manifest' | 'tools'>;
type Denial = Pick<Permission, 'capability' | 'name'>;

export interface PermissionDesk extends PermissionService {
  /** What a package would be allowed and denied, were it in use now. */
  ofCandidate(candidate: Candidate): ServerPermissions;
  /** Denies some of that before it comes into use. Rejects with PERMISSION_UNKNOWN and PERMISSION_UNHELD, and has then done nothing. */
  narrow(candidate: Candidate, denials: readonly Denial[]): Promise<void>;
}

/** What each server may use, and how its owner takes some of that back: decision 0098. */
export function permissionDesk(desk: Desk): PermissionDesk {
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
  const ofCandidate = (candidate: Candidate): ServerPermissions => {
    const wanted = desiredOf(candidate, config.current());
    return listPermissions(wanted, toolsOf(candidate, config.current()), config.current().defaults);
  };
  return {
    ofCandidate,
    async narrow(candidate, denials) {
      const before = ofCandidate(candidate);
      const server = candidate.manifest.id;
      const states = new Map(before.permissions.map((one) => [keyOf(one), one.state]));
      const fresh = denials.filter((denial) => states.get(keyOf(denial)) !== 'denied');
      for (const { capability, name } of fresh) assertDeniable(before, { change: 'deny', capability, name });
      if (fresh.length === 0) return;
      const patch = deniedToo(config.current().overrides[server], fresh);
      // Each of them is an entry of the log, and all of them one change of the file.
      const write = async (): Promise<void> =>
        void (await settings.change({ overrides: { [server]: patch } }));
      const recorded = fresh.reduceRight<() => Promise<void>>(
        (work, { capability, name }) =>
          () =>
            audit.acting({ action: 'permission.deny', subject: server, facts: { capability, name } }, work),
        write,
      );
      await recorded();
    },
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

const keyOf = ({ capability, name }: Denial): string => `${capability} ${name}`;

/** As the fleet would have it, were the package in its folder. */
function desiredOf({ manifest, tools }: Candidate, { overrides }: HubConfig): DesiredServer {
  const { id } = manifest;
  const override = overrides[id];
  const found = { id, directory: '', manifest, tools, contentHash: '', sourceStamp: '' };
  const prefix = override?.prefix ?? id;
  return { id, prefix, enabled: undefined, hash: '', origin: { kind: 'built', found, override } };
}

function toolsOf(candidate: Candidate, current: HubConfig): OfferedTool[] {
  const { id, prefix } = desiredOf(candidate, current);
  const isOffered = offeredBy(current);
  return candidate.tools.map((definition) => {
    const { name } = definition;
    const hub = hubName(id, prefix, name);
    const effect = candidate.manifest.tools[name]?.effect ?? effectOf(definition);
    return { tool: name, enabled: isOffered({ server: id, name, hubName: hub, effect }) };
  });
}

/** A server's override with more denials, as a JSON Merge Patch. */
function deniedToo(
  override: ServerOverride | undefined,
  denials: readonly Denial[],
): { permissions?: { deny: Denied }; policy?: { deny: string[] } } {
  const named = (capability: Capability): string[] =>
    denials.flatMap((one) => (one.capability === capability ? [one.name] : []));
  const deny: Denied = {};
  for (const capability of ['net', 'fs', 'secret'] as const) {
    const names = named(capability);
    if (names.length > 0) deny[capability] = [...(override?.permissions?.deny?.[capability] ?? []), ...names];
  }
  const tools = named('tool');
  return {
    ...(Object.keys(deny).length === 0 ? {} : { permissions: { deny } }),
    ...(tools.length === 0 ? {} : { policy: { deny: [...(override?.policy?.deny ?? []), ...tools] } }),
  };
}
