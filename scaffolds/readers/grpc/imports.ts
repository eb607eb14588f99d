import type { Omission } from '@counterpart/schemas';
import type { SourceText } from '../source.ts';
import { COMMON_FILES, isOptionsOnly } from './common-files.ts';

/** How many folders above a file its imports may begin. */
const MOST_ABOVE = 12;

/** Why a text is no protocol buffers, in the library's words as a clause. */
export const problemOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replaceAll(/\s+/g, ' ')
    .replace('max depth exceeded', 'it is nested too deep')
    .replace(/\.$/, '')
    .slice(0, 300);

/** Adds a file to what was read; its imports, or undefined where all of it was there already. */
type AddText = (text: string) => readonly string[] | undefined;

interface ReadFile {
  readonly imports: readonly string[];
  readonly home: string | undefined;
}

type Import =
  | { readonly kind: 'text'; readonly text: string; readonly href: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** The files that a source imports, each read once, however often and in whatever circle they import each other. */
export class ImportedFiles {
  readonly #source: SourceText;
  readonly #add: AddText;
  readonly #paths = new Set<string>();
  readonly #addresses = new Set<string>();
  readonly #omitted: Omission[] = [];

  constructor(source: SourceText, add: AddText) {
    this.#source = source;
    this.#add = add;
  }

  /** Adds the source itself. Throws what `add` throws. */
  start(): ReadFile {
    const home = this.#source.neighbours?.home;
    if (home !== undefined) this.#addresses.add(home);
    return { imports: this.#add(this.#source.text) ?? [], home };
  }

  /** Adds everything that is imported; what could not be read is told. */
  async follow(first: ReadFile): Promise<Omission[]> {
    const waiting = [first];
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      for (const path of file.imports) {
        const read = await this.#import(path, file.home);
        if (read !== undefined) waiting.push(read);
      }
    return this.#omitted;
  }

  async #import(path: string, home: string | undefined): Promise<ReadFile | undefined> {
    if (this.#paths.has(path) && COMMON_FILES.has(path)) return undefined;
    const found = await this.#find(path, home);
    const isNew = !this.#paths.has(path);
    this.#paths.add(path);
    if (found.kind === 'missing') return isNew ? this.#known(path, found.reason) : undefined;
    if (this.#addresses.has(found.href)) return undefined;
    this.#addresses.add(found.href);
    const imports = this.#added(found.text, path);
    if (imports === 'unreadable') return undefined;
    if (imports !== undefined) return { imports, home: found.href };
    this.#omit('duplicate', path, 'It defines again what another file has defined: the first is kept.');
    return undefined;
  }

  /** One file of many that cannot be read costs what it defines, and no more. */
  #added(text: string, path: string): readonly string[] | 'unreadable' | undefined {
    try {
      return this.#add(text);
    } catch (error) {
      this.#omitted.push({
        code: 'schema-unusable',
        severity: 'operation',
        subject: path.slice(0, 200),
        reason: `It cannot be read, and what it defines is left out: ${problemOf(error)}.`,
        source: { pointer: '#/import' },
      });
      return 'unreadable';
    }
  }

  /** A file that everybody knows need not lie there. */
  #known(path: string, reason: string): ReadFile | undefined {
    const text = COMMON_FILES.get(path);
    if (text !== undefined) return { imports: this.#add(text) ?? [], home: undefined };
    if (!isOptionsOnly(path))
      this.#omit('reference-missing', path, `It is imported and was not read: ${reason}.`);
    return undefined;
  }

  #omit(code: Omission['code'], subject: string, reason: string): void {
    this.#omitted.push({ code, severity: 'notice', subject, reason, source: { pointer: '#/import' } });
  }

  /** Imports begin at a folder that only the compiler was told: the file's own, or one above it. */
  async #find(path: string, home: string | undefined): Promise<Import> {
    const { neighbours } = this.#source;
    if (neighbours === undefined || home === undefined)
      return { kind: 'missing', reason: 'the folder of the file is not known' };
    let reason = 'there is no such file beside it or in a folder above it';
    for (let above = 0; above < MOST_ABOVE; above += 1) {
      const address = `${'../'.repeat(above)}${path}`;
      if (!URL.canParse(address, home)) break;
      const { href } = new URL(address, home);
      const found = await neighbours.read(href);
      if (found.kind === 'text') return { kind: 'text', text: found.text, href };
      if (found.kind === 'refused') {
        reason =
          above === 0 ? found.reason : `${reason}; further up nothing is looked for, since ${found.reason}`;
        break;
      }
    }
    return { kind: 'missing', reason };
  }
}
