import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { baseUrlName } from '@counterpart/kit/settings';
import { ConfigSlot, SecretSlot, type ServerId } from '@counterpart/schemas';
import { z } from 'zod';
import type { Template } from './names.ts';
import { renderHandServer } from './render-hand.ts';

/** What a template's manifest says beside its code. */
const Facts = z.strictObject({
  about: z.string(),
  config: z.array(ConfigSlot),
  secrets: z.array(SecretSlot),
  net: z.array(z.string()),
});

export interface NewServer {
  readonly id: ServerId;
  readonly title: string;
  readonly category: string;
  readonly template: Template;
}

/** Stands in a template's settings for the server's own prefix. */
const PREFIX = /\bTEMPLATE_(?=[A-Z])/g;

/** Every file of a new server package but `tools.json` and the bundle, by relative path. Its manifest lists no tool yet. */
export async function renderTemplate(server: NewServer): Promise<Map<string, string>> {
  const folder = fileURLToPath(new URL(`./${server.template}/`, import.meta.url));
  const prefix = baseUrlName(server.id).replace(/BASE_URL$/, '');
  const read = async (file: string): Promise<string> =>
    (await readFile(join(folder, file), 'utf8')).replace(PREFIX, prefix);
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts')).map((name) => name.replaceAll('\\', '/'));
  const { about, ...facts } = Facts.parse(JSON.parse(await read('template.json')));
  const files = new Map<string, string>();
  for (const file of sources) files.set(file, await read(file));
  return renderHandServer({ ...server, about, facts, files });
}
