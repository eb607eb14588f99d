import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  hubError,
  type Json,
  type PromptDetail,
  type PromptSummary,
  type PromptTemplate,
  type PromptVersion,
  type RenderedPrompt,
} from '@counterpart/schemas';
import { PromptName } from '@counterpart/schemas/flows/prompt';
import type { Clock } from '../kernel/clock.ts';
import { didYouMean } from '../kernel/nearest.ts';
import type { Db } from '../store/store.ts';
import { written } from '../store/written.ts';
import { hashOf, readTemplate, type ReadTemplate } from './read-template.ts';
import { renderTemplate } from './render.ts';

export interface PromptsOptions {
  readonly db: Db;
  readonly clock: Clock;
  /** Where the files are; it need not be there. */
  readonly directory: string;
}

/** The prompt templates of a hub: files of its owner, and every version of them that was seen. */
export interface Prompts {
  /** As the files are now; whatever version is new is kept. */
  read(): Promise<readonly ReadTemplate[]>;
  list(): Promise<PromptSummary[]>;
  /** Rejects with PROMPT_UNKNOWN or PROMPT_VERSION_UNKNOWN. */
  show(name: string, version?: string): Promise<PromptDetail>;
  /** Newest first. Rejects with PROMPT_UNKNOWN. */
  versions(name: string): Promise<PromptVersion[]>;
  /** One that can be used; the file's, or the version whose hash begins so. Rejects as `show`, and with PROMPT_INVALID. */
  template(
    name: string,
    version?: string,
  ): Promise<{ readonly hash: string; readonly template: PromptTemplate }>;
  /** Rejects as `template`, and with PROMPT_ARGUMENT. */
  render(name: string, given: Readonly<Record<string, Json>>, version?: string): Promise<RenderedPrompt>;
}

const FILE = /^(?<name>.+)\.(?:md|ya?ml)$/;
/** Of one template; older ones are forgotten. */
const MOST_VERSIONS = 200;
const MOST_BYTES = 1024 * 1024;

/** The templates in a folder. */
export const createPrompts = (options: PromptsOptions): Prompts => new FilePrompts(options);

class FilePrompts implements Prompts {
  readonly #options: PromptsOptions;

  constructor(options: PromptsOptions) {
    this.#options = options;
  }

  async read(): Promise<readonly ReadTemplate[]> {
    const templates = readTemplates(this.#options.directory);
    for (const template of templates) await this.#keep(template);
    return templates;
  }

  async list(): Promise<PromptSummary[]> {
    return (await this.read()).map(summaryOf);
  }

  async show(name: string, version?: string): Promise<PromptDetail> {
    const found = await this.#find(name, version);
    return { ...summaryOf(found), text: found.text, messages: found.template?.messages ?? [] };
  }

  async versions(name: string): Promise<PromptVersion[]> {
    const now = (await this.read()).find((one) => one.name === name);
    const rows = await this.#kept(name).execute();
    // One whose file is gone still has its versions.
    if (rows.length === 0) await this.#current(name);
    return rows.map(({ hash, seen_at }) => ({ hash, seenAt: seen_at, current: hash === now?.hash }));
  }

  async template(
    name: string,
    version?: string,
  ): Promise<{ readonly hash: string; readonly template: PromptTemplate }> {
    const { hash, template, issues } = await this.#find(name, version);
    if (template !== undefined) return { hash, template };
    const { file, line, message } = issues.find(({ severity }) => severity === 'error') ?? {
      file: name,
      line: 1,
      message: '',
    };
    throw hubError('PROMPT_INVALID', { name, detail: `${file}:${line}: ${message}.` });
  }

  async render(
    name: string,
    given: Readonly<Record<string, Json>>,
    version?: string,
  ): Promise<RenderedPrompt> {
    const { hash, template } = await this.template(name, version);
    return { name, hash, messages: renderTemplate(name, template, given) };
  }

  async #current(name: string): Promise<ReadTemplate> {
    const templates = await this.read();
    const found = templates.find((one) => one.name === name);
    if (found) return found;
    const suggestion = didYouMean(
      name,
      templates.map((one) => one.name),
    );
    throw hubError('PROMPT_UNKNOWN', { name, suggestion });
  }

  async #find(name: string, version: string | undefined): Promise<ReadTemplate> {
    if (version === undefined) return await this.#current(name);
    await this.read();
    const wanted = version.startsWith('sha256-') ? version : `sha256-${version}`;
    const rows = await this.#kept(name).execute();
    const [row, ...others] = rows.filter(({ hash }) => hash.startsWith(wanted));
    if (row === undefined || others.length > 0) throw hubError('PROMPT_VERSION_UNKNOWN', { name, version });
    return readTemplate(row.file, name, row.text);
  }

  #kept(name: string) {
    return this.#options.db
      .selectFrom('prompt_version')
      .selectAll()
      .where('name', '=', name)
      .orderBy('number', 'desc');
  }

  async #keep({ name, hash, file, text, template }: ReadTemplate): Promise<void> {
    if (template === undefined) return;
    const { db, clock } = this.#options;
    const row = { name, hash, file, text, seen_at: new Date(clock.now()).toISOString() };
    const insert = db.insertInto('prompt_version').values(row);
    await written(insert.onConflict((conflict) => conflict.columns(['name', 'hash']).doNothing()).execute());
    const old = await this.#kept(name).offset(MOST_VERSIONS).limit(MOST_VERSIONS).execute();
    if (old.length === 0) return;
    const numbers = old.map(({ number }) => number);
    await db.deleteFrom('prompt_version').where('number', 'in', numbers).execute();
  }
}

function readTemplates(directory: string): ReadTemplate[] {
  const seen = new Map<string, string>();
  return readNames(directory).flatMap((file) => {
    const name = FILE.exec(file)?.groups?.['name'];
    if (name === undefined || file.startsWith('.')) return [];
    const shown = `prompts/${file}`;
    const text = readFileSync(join(directory, file), 'utf8');
    const problem = problemOf(name, text, seen.get(name));
    seen.set(name, shown);
    if (problem === undefined) return [readTemplate(shown, name, text)];
    const issue = { file: shown, line: 1, path: '', severity: 'error', ...problem } as const;
    return [{ name, file: shown, text, hash: hashOf(text), template: undefined, issues: [issue] }];
  });
}

function problemOf(
  name: string,
  text: string,
  other: string | undefined,
): { readonly message: string; readonly fix: string } | undefined {
  const misnamed = PromptName.safeParse(name).error?.issues[0]?.message;
  if (misnamed !== undefined) return { message: `the name has to be ${misnamed}`, fix: 'Rename the file.' };
  if (other !== undefined)
    return { message: `${other} is called the same`, fix: 'Rename one of them, or delete it.' };
  if (text.length > MOST_BYTES)
    return {
      message: `the file is larger than ${MOST_BYTES} bytes`,
      fix: 'Give what is long as an argument.',
    };
  return undefined;
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}

const summaryOf = ({ name, hash, template, issues }: ReadTemplate): PromptSummary => ({
  name,
  ...(template?.title === undefined ? {} : { title: template.title }),
  ...(template?.description === undefined ? {} : { description: template.description }),
  ...(template === undefined ? {} : { hash }),
  arguments: template?.arguments ?? {},
  issues: [...issues],
});
