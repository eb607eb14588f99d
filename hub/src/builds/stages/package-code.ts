import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renderHandServer } from '@counterpart/scaffolds/templates/render-hand';
import type { CodeDraft, LoopPlan } from '@counterpart/schemas';

/** Puts an author's files into a package around them. They are not bundled before they are read: a bundler follows imports. */
export async function packageCode(
  candidate: string,
  {
    plan,
    draft,
    category,
  }: { readonly plan: LoopPlan; readonly draft: CodeDraft; readonly category: string | undefined },
): Promise<void> {
  await rm(candidate, { recursive: true, force: true });
  const files = renderHandServer({
    id: plan.name,
    title: plan.title,
    about: plan.summary,
    category: category ?? 'general',
    facts: { config: draft.config, secrets: draft.secrets, net: draft.net.length > 0 ? draft.net : plan.net },
    files: new Map(draft.files.map(({ path, text }) => [path, text])),
  });
  for (const [path, text] of files) {
    await mkdir(dirname(join(candidate, path)), { recursive: true });
    await writeFile(join(candidate, path), text);
  }
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
