import { toCounterpartError } from '@counterpart/schemas';
import type { Builds } from '../builds/builds.ts';
import { needsRestart } from '../config/needs-restart.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { tidyWhenIdle } from '../kernel/idle-memory.ts';
import { optimiseOnceStarted } from '../kernel/process/optimise.ts';
import type { Scope } from '../kernel/scope.ts';
import type { Mirrors } from '../mirrors/mirrors.ts';
import { watchServers } from '../registry/watch.ts';
import type { Base } from './base.ts';
import type { FlowDesk } from './flows/flow-desk.ts';

interface Beginning {
  readonly fleet: Fleet;
  readonly mirrors: Mirrors;
  readonly builds: Builds;
  readonly flows: FlowDesk;
  readonly scope: Scope;
  /** A hub of one command follows nothing, and goes on with nothing of its own accord. */
  readonly isLasting: boolean;
}

/** Takes up servers, mirrors and builds as the hub before left them. */
export async function begin(
  base: Base,
  { fleet, mirrors, builds, flows, scope, isLasting }: Beginning,
): Promise<void> {
  await fleet.reconcile();
  await mirrors.restore({ listening: isLasting });
  await flows.refresh();
  if (!isLasting) return;
  await follow(base, fleet, scope);
  const ended = new AbortController();
  scope.add(() => ended.abort());
  base.providers.follow(ended.signal);
  scope.add(tidyWhenIdle(base));
  scope.add(optimiseOnceStarted({ clock: base.clock, isServing: () => base.metrics.isUsed() }));
  await builds.resume();
  await flows.follow(ended.signal);
}

/** Folder and file are watched; what cannot be brought about is logged and leaves what runs as it is. */
async function follow(
  { serversDir, config, started, log, events, settings: trail }: Base,
  fleet: Fleet,
  scope: Scope,
): Promise<void> {
  const reconcile = () =>
    fleet.reconcile().catch((cause: unknown) => {
      log.error({ problem: toCounterpartError(cause).message }, 'servers could not be brought in line');
    });
  const watch = watchServers(serversDir, () => void reconcile(), { log });
  scope.add(() => watch.close());
  const unwatch = config.watch({
    log,
    async changed(current, previous) {
      await trail
        .seen(current, previous)
        .catch((cause: unknown) => log.error({ cause }, 'a change of the configuration was not recorded'));
      const settings = needsRestart(started, current);
      if (settings.length > 0) log.warn({ settings }, 'these settings take effect after a restart');
      await reconcile();
      events.publish({ kind: 'config-loaded' });
    },
    rejected({ message: problem }) {
      log.warn({ problem }, 'the configuration is not valid: the one before stays');
      events.publish({ kind: 'config-rejected', problem });
    },
  });
  scope.add(unwatch);
  await watch.ready;
}
