import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { newId } from '../../kernel/ids.ts';
import type { Logger } from '../../kernel/log.ts';
import { Guardian } from './guardian.ts';
import { JOURNAL_EXTENSION, reapLeftovers } from './leftovers.ts';
import { readProcess } from './process-table.ts';
import { systemReason } from '../../kernel/files/system-reason.ts';

/**
 * Which processes of this hub exist, told to a guardian (for when the hub dies) and to a file (for when the machine keeps
 * running, and the guardian died as well).
 */
export interface Ledger {
  /** Resolves to the marker of the next process once leftovers of dead hubs are gone; rejects with DATA_UNWRITABLE. */
  prepare(): Promise<string>;
  add(group: number): void;
  remove(group: number): void;
  /** Ends what is still listed; the record is removed. */
  close(): Promise<void>;
}

export function createLedger(stateDir: string, log: Logger): Ledger {
  const hub = newId();
  const file = join(stateDir, `${hub}${JOURNAL_EXTENSION}`);
  const guardian = new Guardian(`${hub}.`, log);
  let serial = 0;
  let opened: Promise<void> | undefined;
  const open = async () => {
    try {
      mkdirSync(stateDir, { recursive: true });
      const startTicks = (await readProcess(process.pid))?.startTicks ?? '';
      writeFileSync(file, `hub ${process.pid} ${startTicks}\n`);
    } catch (cause) {
      const detail = systemReason(cause);
      throw hubError('DATA_UNWRITABLE', { directory: stateDir, detail }, { cause });
    }
    await reapLeftovers(stateDir, log);
  };
  const note = (line: string) => {
    try {
      appendFileSync(file, `${line}\n`);
    } catch (cause) {
      log.warn({ cause }, 'a process could not be recorded');
    }
  };
  return {
    async prepare() {
      // What failed, such as for want of space on the disk, may succeed the next time.
      opened ??= open().catch((thrown: unknown) => {
        opened = undefined;
        throw thrown;
      });
      await opened;
      guardian.ensure();
      serial += 1;
      return `${hub}.${serial}`;
    },
    add(group) {
      guardian.add(group);
      note(`+ ${group}`);
    },
    remove(group) {
      guardian.remove(group);
      note(`- ${group}`);
    },
    async close() {
      await opened?.catch(() => undefined);
      await guardian.close();
      rmSync(file, { force: true });
    },
  };
}
