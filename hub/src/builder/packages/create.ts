import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Template } from '@counterpart/scaffolds/templates/names';
import { renderTemplate } from '@counterpart/scaffolds/templates/read-template';
import { Category, hubError } from '@counterpart/schemas';
import { makeFolder } from '../../kernel/files/make-folder.ts';
import { parseServerId } from '../server-id.ts';
import { openStaging, sweepStaging } from '../../versions/staging.ts';
import { readManifest, recordTools } from './record-tools.ts';
import { systemReason } from '../../kernel/files/system-reason.ts';

export interface CreateOptions {
  readonly name: string;
  readonly template: Template;
  /** Default: the name in words. */
  readonly title?: string | undefined;
  readonly category?: string | undefined;
  readonly serversDir: string;
  readonly signal?: AbortSignal | undefined;
}

/** A new server package, and what stands in it. */
export interface Created {
  readonly id: string;
  readonly directory: string;
  readonly template: Template;
  /** Relative to the directory, sorted. */
  readonly files: readonly string[];
  readonly tools: readonly string[];
  /** Settings and secrets without which its tools do nothing. */
  readonly needs: readonly string[];
}

/**
 * Writes a new hand-written server, bundled and asked for its tools, as `<serversDir>/<name>`: whole or not at all. Throws
 * INPUT_INVALID, SERVER_EXISTS and DATA_UNWRITABLE.
 */
export async function createPackage(options: CreateOptions): Promise<Created> {
  const id = parseServerId(options.name);
  const serversDir = resolve(options.serversDir);
  const directory = join(serversDir, id);
  if (existsSync(directory)) throw hubError('SERVER_EXISTS', { server: id });
  const { template, title = titleOf(id), signal } = options;
  const files = await renderTemplate({ id, title, category: categoryOf(options), template });
  await prepare(serversDir);
  const staging = await openStaging(serversDir, id);
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(staging.next, path)), { recursive: true });
      await writeFile(join(staging.next, path), text);
    }
    await recordTools(staging.next, { write: true, signal });
    const manifest = await readManifest(staging.next);
    signal?.throwIfAborted();
    await staging.install();
    return {
      id,
      directory,
      template,
      files: [...files.keys(), 'tools.json'].toSorted(),
      tools: Object.keys(manifest.tools),
      needs: [...manifest.config, ...manifest.secrets]
        .filter(({ required }) => required)
        .map((slot) => slot.name),
    };
  } finally {
    await staging.discard();
  }
}

async function prepare(serversDir: string): Promise<void> {
  try {
    makeFolder(serversDir);
    await sweepStaging(serversDir);
  } catch (cause) {
    const detail = systemReason(cause);
    throw hubError('DATA_UNWRITABLE', { directory: serversDir, detail }, { cause });
  }
}

const titleOf = (id: string): string => {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function categoryOf({ category = 'general' }: CreateOptions): string {
  if (Category.safeParse(category).success) return category;
  const detail = `"${category}": lower-case letters, digits and single dashes, at most 32`;
  throw hubError('INPUT_INVALID', { subject: 'the category', detail });
}
