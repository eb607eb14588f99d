import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from '../../kernel/log.ts';
import { markedProcesses, readProcess, send } from './process-table.ts';

/** Extension of the files that record which processes a hub has running; the name before it is the hub's. */
export const JOURNAL_EXTENSION = '.journal';

/** Rounds of looking and killing; a process that forks as fast as it is killed does not hold up the hub for ever. */
const MOST_ROUNDS = 10;

/** Kills what hubs that died left running, by the records they left in `stateDir`. */
export async function reapLeftovers(stateDir: string, log: Logger): Promise<void> {
  const names = await readdir(stateDir).catch(() => []);
  const journals = names
    .filter((name) => name.endsWith(JOURNAL_EXTENSION))
    .map((name) => join(stateDir, name));
  await Promise.all(journals.map((file) => reapJournal(file, log)));
}

async function reapJournal(file: string, log: Logger): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [, pid = '', startTicks = ''] = /^hub (\d+) (\d*)\n/.exec(text) ?? [];
  if (await stillRuns(Number(pid), startTicks)) return;
  const marker = `${basename(file, JOURNAL_EXTENSION)}.`;
  const groups = openGroups(text);
  let killed = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const pids = await markedProcesses(marker);
    if (pids.length === 0) break;
    const entries = await Promise.all(pids.map(readProcess));
    // A recorded group is killed whole only while a marked process stands in it: its number may be another's by now.
    for (const entry of entries) if (entry && groups.has(entry.group)) send(-entry.group, 'SIGKILL');
    for (const marked of pids) send(marked, 'SIGKILL');
    killed += pids.length;
  }
  if (killed > 0) log.warn({ killed }, 'processes that an earlier hub left running were ended');
  await rm(file, { force: true });
}

async function stillRuns(pid: number, startTicks: string): Promise<boolean> {
  if (pid === 0 || !send(pid, 0)) return false;
  const entry = await readProcess(pid);
  return entry === undefined || entry.startTicks === startTicks;
}

function openGroups(journal: string): Set<number> {
  const groups = new Set<number>();
  for (const [, sign, group] of journal.matchAll(/^([+-]) (\d+)$/gm)) {
    if (sign === '+') groups.add(Number(group));
    else groups.delete(Number(group));
  }
  return groups;
}
