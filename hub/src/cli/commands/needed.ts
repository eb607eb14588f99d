import type { CommandDefinition } from '../command.ts';

/** The commands that stay: what the others need is not kept in memory beside a hub. */
const STAYING: ReadonlyMap<string | undefined, () => Promise<CommandDefinition>> = new Map([
  ['start', async () => (await import('./hub/start.ts')).start],
  ['stdio', async () => (await import('./hub/stdio.ts')).stdio],
]);

/** The commands that a command line can mean. */
export async function commandsFor([first]: readonly string[]): Promise<readonly CommandDefinition[]> {
  const staying = STAYING.get(first);
  return staying ? [await staying()] : (await import('./all.ts')).allCommands;
}
