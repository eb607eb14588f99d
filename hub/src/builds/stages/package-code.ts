import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addressOf } from '@counterpart/kit/http/hosts';
import { baseUrlName } from '@counterpart/kit/settings';
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
  const service = serviceOf(plan, draft);
  const files = renderHandServer({
    id: plan.name,
    title: plan.title,
    about: plan.summary,
    category: category ?? 'general',
    facts: {
      config: [...service.config, ...withFiles(withoutNames(draft.config, service.config), given)],
      secrets: draft.secrets,
      net: service.net,
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

/** Where its requests go: a setting for the address that relative paths start from, and hosts with their ports. */
function serviceOf(plan: LoopPlan, { service, net }: CodeDraft): { config: ConfigSlot[]; net: string[] } {
  const hosts = (net.length > 0 ? net : plan.net).map(withPort);
  if (service === undefined) return { config: [], net: hosts };
  const address: ConfigSlot = {
    name: baseUrlName(plan.name),
    description: 'Address of the service; relative paths start from it.',
    default: service,
    required: false,
  };
  const { host } = addressOf(service);
  return { config: [address], net: hosts.includes(host) ? hosts : [host, ...hosts] };
}

/** Authors write a host as they know it, with a scheme or without a port; what may be reached is a host and a port. */
function withPort(entry: string): string {
  if (/^https?:\/\//i.test(entry) && URL.canParse(entry)) return addressOf(entry).host;
  return /:(?:\d+|\*)$/.test(entry) ? entry : `${entry}:443`;
}

const withoutNames = (config: readonly ConfigSlot[], taken: readonly ConfigSlot[]): ConfigSlot[] =>
  config.filter(({ name }) => taken.every((slot) => slot.name !== name));

/** Settings of files are the hub's to declare, whatever the author says of them. */
function withFiles(config: readonly ConfigSlot[], given: readonly string[]): ConfigSlot[] {
  const slots = fileSlots(given);
  return [...slots, ...withoutNames(config, slots)];
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
