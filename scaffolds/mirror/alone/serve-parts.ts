import type { Env } from '@counterpart/kit';
import { type MirrorParts, type MirrorRequestEntry, MirrorSettings } from '@counterpart/schemas';
import { listen, type MirrorListener } from '../modes/listener.ts';
import { MirrorCore } from '../modes/mirror-core.ts';

export interface AloneOptions {
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  readonly env: Env;
  readonly observe?: (entry: MirrorRequestEntry) => void;
}

/**
 * Serves a mirror without a hub: it begins as it was exported and writes nothing down. One that was recording answers
 * from what was recorded. Rejects with PORT_TAKEN.
 */
export async function serveParts(parts: MirrorParts, options: AloneOptions): Promise<MirrorListener> {
  const { name, blueprint, settings, memory, scenarios, recordings } = parts;
  const { recording } = settings;
  const others = Object.entries(recordings).filter(([other]) => other !== recording);
  const first = recordings[recording]?.log.entries ?? [];
  const mode = settings.mode === 'record' ? 'hybrid' : settings.mode;
  const core = new MirrorCore({
    name,
    blueprint,
    settings: MirrorSettings.parse({ ...settings, mode }),
    memory,
    scenarios: () => scenarios,
    entries: [...first, ...others.flatMap(([, har]) => har.log.entries)],
    env: options.env,
    now: () => Date.now(),
    record: () => Promise.resolve(),
    changed: () => undefined,
    ...(options.observe ? { observe: options.observe } : {}),
  });
  const { host = '127.0.0.1', port = 0 } = options;
  return listen(core.answer, { host, port, attach: core.attach });
}
