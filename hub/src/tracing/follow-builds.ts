import type { HubEvent, LoopDetail, LoopState } from '@counterpart/schemas';
import type { EventLog } from '../kernel/events.ts';
import type { SpanExporter } from './exporter.ts';
import { buildSpans } from './spans.ts';

interface Following {
  readonly events: Pick<EventLog, 'subscribe'>;
  /** As it is kept. */
  readonly show: (id: string) => Promise<LoopDetail>;
  readonly spans: Pick<SpanExporter, 'add' | 'isOn'>;
  readonly log: { warn(facts: object, words: string): void };
}

const ENDED: ReadonlySet<LoopState> = new Set<LoopState>(['installed', 'failed', 'rejected', 'cancelled']);

/** Of so many it is known that they have ended. */
const MOST_ENDED = 100;

/** Makes spans of every build that comes to its end; one that is retried ends anew, with spans of its own. */
export function followBuilds({ events, show, spans, log }: Following): { close(): Promise<void> } {
  const under = new Set<Promise<void>>();
  /** What they told last was their end. */
  const ended = new Set<string>();
  const hear = (event: HubEvent): void => {
    if (event.kind !== 'build-changed') return;
    const { build, state } = event;
    if (!ENDED.has(state)) return void ended.delete(build);
    // A stage that was cut off tells of itself once more.
    if (ended.has(build) || !spans.isOn()) return;
    ended.add(build);
    const [oldest = build] = ended;
    if (ended.size > MOST_ENDED) ended.delete(oldest);
    const done: Promise<void> = show(build)
      .then((detail) => spans.add(...buildSpans(detail)))
      .catch((cause: unknown) => log.warn({ build, cause }, 'a build was not traced'))
      .finally(() => under.delete(done));
    under.add(done);
  };
  const unsubscribe = events.subscribe(hear);
  return {
    async close() {
      unsubscribe();
      await Promise.all(under);
    },
  };
}
