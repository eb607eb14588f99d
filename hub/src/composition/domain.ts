import { join } from 'node:path';
import { createCatalog, type CatalogOptions } from '../catalog/catalog.ts';
import { builtVariables } from '../fleet/environment.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Walls } from '../fleet/walls/walls.ts';
import { createGateway } from '../gateway/gateway.ts';
import { OWNER } from '../kernel/audit/principal.ts';
import type { CallPolicy, CatalogSource, ToolDescription } from '../kernel/ports.ts';
import type { Scope } from '../kernel/scope.ts';
import type { Mirrors } from '../mirrors/mirrors.ts';
import { chainPolicies } from '../policy/chain.ts';
import { configPolicy } from '../policy/config-policy.ts';
import { createSupervisor } from '../supervisor/driver.ts';
import type { Base } from './base.ts';

interface DomainOptions {
  readonly scope: Scope;
  readonly walls: Walls;
  /** Hears of every call. */
  readonly watching: CallPolicy;
  readonly mirrors: Mirrors;
  /** Tools and prompts of the hub's own rooms, as they are offered now. */
  readonly roomSources: () => readonly CatalogSource[];
  readonly mirrorUrl: (id: string) => string;
  readonly lend: (id: string) => { readonly url: string; readonly key: string };
  /** Whether processes may wait to become a server. */
  readonly sparing: boolean;
}

/** Supervisor, catalog, fleet, and the gateway before them. */
export function createDomain(base: Base, options: DomainOptions) {
  const { scope, walls, mirrors, roomSources, mirrorUrl, lend, sparing } = options;
  const { clock, log, config, dataDir, redactor, events, registry, approvals, access, metrics } = base;
  const { spawnConcurrency, warmSpares } = config.current().defaults;
  const supervisor = createSupervisor({
    clock,
    log,
    redact: redactor.redact,
    stateDir: join(dataDir, 'processes'),
    spawnConcurrency,
    spares: { count: sparing ? warmSpares : 0, env: builtVariables(base.host()) },
  });
  scope.add(() => supervisor.shutdown());
  scope.add(
    supervisor.subscribe((server, { state, problem: detail }) => {
      const failed = (cause: unknown) => log.error({ server, cause }, 'health was not kept');
      events.publish({ kind: 'server-state', server, state, ...(detail === undefined ? {} : { detail }) });
      registry.updateHealth(server, state, detail).catch(failed);
      fleet.judge();
    }),
  );
  const policy = chainPolicies([configPolicy(() => config.current()), options.watching, metrics.policy]);
  const isRoom = (server: string) => roomSources().some(({ id }) => id === server);
  const visible = (tool: ToolDescription) => policy.visible?.(tool, OWNER) ?? true;
  const catalog = createCatalog({
    log,
    visible,
    // Tools of the hub's own are what this program says they are: nobody else can change them.
    quarantined: (server, tool) =>
      (mirrors.offers(server) || isRoom(server)) && !fleet.members.has(server)
        ? undefined
        : approvals.withheld(server, tool),
    held: (server, tool) => approvals.held(server, tool),
    sight: peopleSight(base, mirrors),
  });
  scope.add(() => catalog.close());
  scope.add(access.subscribe({ sight: () => catalog.resight(), revoked: (person) => gateway.expel(person) }));
  scope.add(approvals.subscribe((server) => catalog.recheck(server)));
  const fleet = new Fleet({
    ...base,
    config: () => config.current(),
    supervisor,
    catalog,
    // The bundler is loaded when something is to be bundled.
    ensureBundle: async (directory) => {
      const { ensureBundle } = await import('../builder/ensure-bundle.ts');
      await ensureBundle(directory);
    },
    ownSources: () => [...mirrors.sources, ...roomSources()],
    mirrorUrl,
    lend,
    walls,
    hubData: dataDir,
    versions: base.versions,
    compiledDir: join(dataDir, 'compiled'),
  });
  const serverInfo = { name: 'counterpart', version: base.version };
  const gateway = createGateway({ catalog, clock, log, policy, serverInfo });
  return { supervisor, catalog, fleet, gateway };
}

/** What people see; whoever steers a mirror steers what others test against. */
const peopleSight = ({ access }: Base, mirrors: Mirrors): CatalogOptions['sight'] => ({
  hiddenFrom: (person) => access.hiddenFrom(person),
  isOwners: (server) => mirrors.offers(server),
});
