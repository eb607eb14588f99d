import { canonicalJson, hubError, RoutingConfig, type RoutingState } from '@counterpart/schemas';
import { z } from 'zod';
import type { ConfigStore } from '../../config/store.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { memoryOfServers } from '../../fleet/summary.ts';
import type { RoutingService } from '../../http/routes/routing-routes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { Generations } from '../../kernel/ports.ts';
import type { Metrics, ProcessMemory } from '../../metrics/metrics.ts';
import { patternsOf } from '../../orchestrator/routing/choose/decide.ts';
import { matchModel, tierTable, TIERS } from '../../orchestrator/routing/choose/tiers.ts';
import { Router } from '../../orchestrator/routing/router.ts';
import { createRouteRecords } from '../../orchestrator/routing/state/records.ts';
import type { Db } from '../../store/store.ts';
import { memoryOfEach } from '../../supervisor/process/memory.ts';

export interface RoutingParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: ConfigStore;
  readonly metrics: Metrics;
  readonly generations: Generations;
  readonly fleet: Pick<Fleet, 'members'>;
  /** Who asks by `hub route explain`. */
  readonly principal: string;
}

export interface RoutingDesk {
  readonly router: Router;
  readonly service: RoutingService;
  /** Writes the decisions that wait for it. */
  flush(): Promise<void>;
}

const BYTES_OF_MB = 1_000_000;
const MOST_LISTED = 50;
/** Asking the system reads several of its files; what it said counts for so long. */
const MEMORY_MS = 1_000;

/** The router of a hub, with what is known from before, and what the admin API does with it. */
export async function openRouting(desk: RoutingParts): Promise<RoutingDesk> {
  const { config, clock, generations, metrics } = desk;
  const routing = () => config.current().routing;
  const records = createRouteRecords({ ...desk, most: () => routing().records.keep });
  const router = new Router({
    routing,
    generations,
    clock,
    records,
    meter: metrics.router,
    freeMemoryMb: freeMemory(clock),
  });
  await router.restore();
  const service: RoutingService = {
    state: () => stateOf(desk, router),
    async change(wanted) {
      const parsed = RoutingConfig.safeParse(wanted);
      if (!parsed.success) throw hubError('ROUTING_INVALID', { detail: z.prettifyError(parsed.error) });
      await config.update((json) => {
        json['routing'] = wanted;
      });
      await config.load();
      return stateOf(desk, router);
    },
    list: (limit = MOST_LISTED) => records.list(limit),
    async show(id) {
      const found = id === 'last' ? (await records.list(1))[0] : await records.find(id);
      if (!found) throw hubError('DECISION_UNKNOWN', { route: id });
      return found;
    },
    explain: ({ text, model, tools, conversation }) =>
      router.explain({
        asked: model,
        items: [{ type: 'message', role: 'user', content: [{ type: 'text', text }] }],
        toolCount: tools,
        conversation,
        principal: desk.principal,
      }),
    metricsText: () => metricsText(desk),
    metrics: () => metrics.summary(),
  };
  return { router, service, flush: () => records.flush() };
}

function freeMemory(clock: Clock): () => number {
  let last = { at: -Infinity, mb: 0 };
  return () => {
    const now = clock.now();
    if (now - last.at > MEMORY_MS) last = { at: now, mb: process.availableMemory() / BYTES_OF_MB };
    return last.mb;
  };
}

async function metricsText({ config, generations, metrics, fleet }: RoutingParts): Promise<string> {
  const models = generations.models();
  const table = tierTable(config.current().routing, models);
  return metrics.render({
    models,
    tierOf: (model) => TIERS.find((tier) => table[tier].includes(model)),
    health: generations.health(),
    memory: await memoryNow(fleet),
  });
}

/** The hub has its servers among its descendants: they are counted by themselves. */
async function memoryNow({ members }: Pick<Fleet, 'members'>): Promise<ReadonlyMap<string, ProcessMemory>> {
  const servers = [...(await memoryOfServers(members.values()))];
  const own = (await memoryOfEach([process.pid])).get(process.pid);
  const less = (kind: keyof ProcessMemory, all: number): number =>
    Math.max(
      0,
      servers.reduce((left, [, use]) => left - use[kind], all),
    );
  return new Map([
    ...(own === undefined
      ? []
      : [
          [
            'hub',
            {
              pss: less('pss', own.pss),
              anonymous: less('anonymous', own.anonymous),
              mapped: less('mapped', own.mapped),
              shared: less('shared', own.shared),
            },
          ] as const,
        ]),
    ...servers.map(([id, use]) => [`server:${id}`, use] as const),
  ]);
}

function stateOf({ config, generations }: RoutingParts, router: Router): RoutingState {
  const { routing } = config.current();
  const models = generations.models();
  const table = tierTable(routing, models);
  const disabled = routing.disabled.map(matchModel);
  const health = new Map(generations.health().map((one) => [one.provider, one]));
  return {
    routing,
    models: models.map((model) => ({
      id: model.id,
      tiers: TIERS.filter((tier) => table[tier].includes(model)),
      isLocal: model.isLocal,
      enabled: !disabled.some((matches) => matches(model)),
      health: health.get(model.provider)?.state ?? 'unknown',
      firstTokenMs: router.medianMs(model),
    })),
    notes: unmatched(routing)
      .filter(({ pattern }) => !models.some(matchModel(pattern)))
      .map(({ place, pattern }) => `${place}: no configured model is ${canonicalJson(pattern)}`),
    spentTodayUsd: router.spentTodayUsd(),
  };
}

/** All models the configuration names, with the places where it does. */
function unmatched(routing: RoutingConfig): { readonly place: string; readonly pattern: string }[] {
  const at = (place: string) => (pattern: string) => ({ place, pattern });
  return [
    ...TIERS.flatMap((tier) => routing.tiers[tier].models.map(at(`tiers.${tier}.models`))),
    ...Object.keys(routing.categories).flatMap((name) =>
      patternsOf(routing, name).map(at(`categories.${name}`)),
    ),
    ...routing.disabled.map(at('disabled')),
    ...(routing.classifier.model === undefined ? [] : [at('classifier.model')(routing.classifier.model)]),
  ];
}
