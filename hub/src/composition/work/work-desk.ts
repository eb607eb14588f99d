import { buildDesk } from './build-desk.ts';
import type { Builds } from '../../builds/builds.ts';
import { driftDesk, type driftWatch } from './drift-desk.ts';
import type { Drift } from '../../drift/drift.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { REVIEW_PATH } from '../../http/review/review-path.ts';
import type { Scope } from '../../kernel/scope.ts';
import { openNotify } from '../../notify/notify.ts';
import { followBuilds } from '../../tracing/follow-builds.ts';
import type { SpanExporter } from '../../tracing/exporter.ts';
import { resolveText } from '../models/resolve-text.ts';

type Desk = Omit<Parameters<typeof buildDesk>[0], 'recent'> &
  Omit<Parameters<typeof driftDesk>[0], 'builds'> & {
    readonly gateway: Gateway;
    readonly spans: SpanExporter;
  };

interface Opening {
  readonly scope: Scope;
  /** Hears of every call from the first one on. */
  readonly watch: ReturnType<typeof driftWatch>;
  /** Where the hub answers; empty until it does. */
  readonly url: () => string;
}

/** Builds, the watch that proposes them, and the notices of both. */
export async function openWork(
  desk: Desk,
  { scope, watch, url }: Opening,
): Promise<{ readonly builds: Builds; readonly drift: Drift }> {
  const builds = await buildDesk({ ...desk, recent: watch.recent });
  scope.add(() => builds.close());
  scope.add(desk.access.subscribe({ leaving: (person) => builds.disown(person) }));
  const traced = followBuilds({ ...desk, show: (id) => builds.show(id) });
  scope.add(() => traced.close());
  const drift = driftDesk({ ...desk, builds });
  watch.listen(drift);
  scope.add(() => drift.close());
  const notify = openNotify({
    ...desk,
    config: () => desk.config.current().notifications,
    async resolve(webhook) {
      const url = await resolveText(desk, webhook, 'A webhook');
      // An address without a secret in it may be written down.
      if (url !== webhook) desk.redactor.add(url);
      return url;
    },
    page: (build) =>
      url() === '' || build === undefined ? undefined : `${url()}${REVIEW_PATH}?build=${build}`,
    clean: desk.redactor.redact,
    tell: (notice) =>
      desk.gateway.logMessage({ level: 'notice', logger: 'counterpart', data: { ...notice } }),
    env: desk.host,
  });
  scope.add(() => notify.close());
  return { builds, drift };
}
