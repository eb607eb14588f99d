import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renderHandServer } from '@counterpart/scaffolds/templates/render-hand';
import type { CodeDraft, ConfigSlot, LoopPlan } from '@counterpart/schemas';
import { fileSlots } from '../given/given-files.ts';

/** Puts an author's files into a package around them. They are not bundled before they are read: a bundler follows imports. */
export async function packageCode(
  candidate: string,
  {
    plan,
    draft,
    category,
    given = [],
  }: {
    readonly plan: LoopPlan;
    readonly draft: CodeDraft;
    readonly category: string | undefined;
    /** Paths of the person's that the server reads. */
    readonly given?: readonly string[] | undefined;
  },
): Promise<void> {
  await rm(candidate, { recursive: true, force: true });
  const files = renderHandServer({
    id: plan.name,
    title: plan.title,
    about: plan.summary,
    category: category ?? 'general',
    facts: {
      config: withFiles(draft.config, given),
      secrets: draft.secrets,
      net: draft.net.length > 0 ? draft.net : plan.net,
      hooks: draft.hooks,
      files: [...given],
    },
    files: new Map(draft.files.map(({ path, text }) => [path, text])),
  });
  for (const [path, text] of files) {
    await mkdir(dirname(join(candidate, path)), { recursive: true });
    await writeFile(join(candidate, path), text);
  }
}

/** Settings of files are the hub's to declare, whatever the author says of them. */
function withFiles(config: readonly ConfigSlot[], given: readonly string[]): ConfigSlot[] {
  const slots = fileSlots(given);
  const names = new Set(slots.map(({ name }) => name));
  return [...slots, ...config.filter(({ name }) => !names.has(name))];
}

/** Takes a server that a person wrote, as it stands, into the candidate. */
export async function packageFolder(candidate: string, folder: string): Promise<void> {
  await rm(candidate, { recursive: true, force: true });
  const skipped = new Set(['node_modules', 'dist', '.git']);
  await cp(folder, candidate, {
    recursive: true,
    filter: (path) => !skipped.has(path.slice(folder.length + 1).split('/')[0] ?? ''),
  });
}
