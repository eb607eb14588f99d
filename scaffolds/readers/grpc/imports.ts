import type { Omission } from '@counterpart/schemas';
import type { SourceText } from '../source.ts';
import { COMMON_FILES, isOptionsOnly } from './common-files.ts';

/** How many folders above a file its imports may begin. */
const MOST_ABOVE = 12;

/** Adds a file to what was read; its imports, or undefined where all of it was there already. */
type AddText = (text: string, name: string) => readonly string[] | undefined;

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
    return { imports: this.#add(this.#source.text, this.#source.location) ?? [], home };
  }

  /** Adds everything that is imported; what could not be read is told. Rejects with what `add` throws. */
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
    const imports = this.#add(found.text, path);
    if (imports !== undefined) return { imports, home: found.href };
    this.#omit('duplicate', path, 'It defines again what another file has defined: the first is kept.');
    return undefined;
  }

  /** A file that everybody knows need not lie there. */
  #known(path: string, reason: string): ReadFile | undefined {
    const text = COMMON_FILES.get(path);
    if (text !== undefined) return { imports: this.#add(text, path) ?? [], home: undefined };
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
