import { changedMembers } from '../../config/changed-members.ts';
import type { Recording } from '../../config/load.ts';
import type { AuditTrail } from '../../kernel/ports.ts';

/** Who changed the file, when it was not this hub. */
const EDITOR = 'whoever edits hub.config.json';

/** Changes of the configuration file in the audit log: its own before they are written, others when they are seen. */
export interface SettingsTrail {
  readonly recording: Recording;
  /** The file was read anew. */
  seen(current: object, previous: object): Promise<void>;
}

/** What the log needs is asked for late: its place stands in the configuration itself. */
export function settingsTrail(late: {
  readonly trail: () => AuditTrail;
  /** Reads the file as it was just written. */
  readonly load: () => Promise<object>;
}): SettingsTrail {
  let known: object | undefined;
  const act = (changed: readonly string[]) =>
    ({ action: 'settings.change', subject: 'hub.config.json', facts: { changed } }) as const;
  return {
    async recording(changed, write) {
      if (changed.length === 0) return write();
      return late.trail().acting(act(changed), async () => {
        await write();
        known = await late.load();
      });
    },
    async seen(current, previous) {
      const foreign = changedMembers(known ?? previous, current);
      known = current;
      if (foreign.length > 0)
        await late.trail().acting({ ...act(foreign), principal: EDITOR }, () => Promise.resolve());
    },
  };
}
