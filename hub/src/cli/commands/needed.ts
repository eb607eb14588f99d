import type { CommandDefinition } from '../command.ts';

/**
 * The commands that stay, so that what the others need is not kept in memory beside a hub, and those that are typed most: each
 * is there sooner when the others are not loaded with it.
 */
const ALONE: ReadonlyMap<string, () => Promise<CommandDefinition>> = new Map([
  ['start', async () => (await import('./hub/start.ts')).start],
  ['stdio', async () => (await import('./hub/stdio.ts')).stdio],
  ['stop', async () => (await import('./hub/stop.ts')).stop],
  ['status', async () => (await import('./hub/status.ts')).status],
  ['logs', async () => (await import('./hub/logs.ts')).logs],
  ['doctor', async () => (await import('./hub/doctor.ts')).doctor],
  ['completion', async () => (await import('./hub/completion.ts')).completion],
  ['list', async () => (await import('./servers/list.ts')).list],
  ['inspect', async () => (await import('./servers/inspect.ts')).inspect],
  ['call', async () => (await import('./servers/call.ts')).call],
  ['add', async () => (await import('./servers/add.ts')).add],
  ['remove', async () => (await import('./servers/remove.ts')).remove],
  ['approve', async () => (await import('./servers/approve.ts')).approve],
  ['secret', async () => (await import('./secrets/index.ts')).secret],
  ['build', async () => (await import('./builds/build.ts')).build],
  ['mirror', async () => (await import('./mirrors/index.ts')).mirror],
  ['chat', async () => (await import('./chat/index.ts')).chat],
]);

/** The commands that a command line can mean. */
export async function commandsFor(argv: readonly string[]): Promise<readonly CommandDefinition[]> {
  const alone = ALONE.get(commandWord(argv) ?? '');
  return alone ? [await alone()] : (await import('./all.ts')).allCommands;
}

/** The word behind the options of every command. */
function commandWord([first, ...rest]: readonly string[]): string | undefined {
  if (first === '--home') return commandWord(rest.slice(1));
  return first === '--json' || first?.startsWith('--home=') ? commandWord(rest) : first;
}
