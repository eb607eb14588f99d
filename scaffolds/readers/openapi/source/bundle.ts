import { createHash } from 'node:crypto';
import { hubError, type Json, type JsonObject } from '@counterpart/schemas';
import type { SourceText } from '../../source.ts';
import { isObject, pointerSteps, pointerTo, textMember, valueAt } from './json-tree.ts';
import { MAX_DOCUMENT_NODES } from './limits.ts';
import { excessOf, parseAnything, type Description } from './parse.ts';
import { createLineFinder } from './positions.ts';
import { DOCUMENTS, NAMES, UNREAD } from './gathered.ts';
import { findReferences, include, rewrite, SEVERAL, type Identities } from './references-of.ts';

interface Document extends Identities {
  /** URL without a fragment; undefined for a source that has no place. */
  readonly address: string | undefined;
  /** As messages call it; empty for the source itself. */
  readonly name: string;
  /** Pointer of its root in the gathered description. */
  readonly prefix: string;
  readonly root: Json;
  readonly references: readonly string[];
  readonly lineOf: (pointer: string) => number | undefined;
}

/** Why a reference leads nowhere; `follow` finds it where the reference now points. */
interface Unread {
  readonly code: 'reference-remote' | 'reference-missing';
  readonly reason: string;
}

/** A description that may refer to other documents, to `$id`s or to anchors; all others need no look. */
const MAY_REFER =
  /\$ref["']?\s*:\s*["']?(?!["']?#(?:\/|\\\/))|["']?\$(?:id|anchor|dynamicAnchor|self|dynamicRef)["']?\s*:/;

/**
 * The description with every document that it refers to, in one tree: references to files, URLs, `$id`s and anchors become
 * pointers. What cannot be read costs the references to it only. Pointers are shown as the author has them: `pets.yaml#/Pet`.
 */
export async function gather(description: Description, source: SourceText): Promise<Description> {
  if (!MAY_REFER.test(source.text)) return description;
  const gathering = new Gathering(description, source);
  await gathering.readAll();
  return gathering.finish();
}

const MEANT = 'several schemas have that name, and which is meant depends on where it is reached from';

class Gathering {
  readonly #description: Description;
  readonly #source: SourceText;
  readonly #documents: Document[] = [];
  readonly #byAddress = new Map<string, Document>();
  readonly #failed = new Map<string, Unread>();
  readonly #unread: Unread[] = [];
  readonly #hash = createHash('sha256');
  #nodes = 0;

  constructor(description: Description, source: SourceText) {
    this.#description = description;
    this.#source = source;
    this.#hash.update(source.sha256);
    this.#add({
      address: source.neighbours?.home,
      name: '',
      root: description.root,
      lineOf: description.lineOf,
    });
  }

  #add(given: Pick<Document, 'address' | 'name' | 'root' | 'lineOf'>): void {
    const number = this.#documents.length;
    const prefix = number === 0 ? '#' : pointerTo('#', DOCUMENTS, number - 1);
    const found = findReferences(given.root);
    this.#nodes += found.nodes;
    const document = { ...given, ...found, prefix };
    this.#documents.push(document);
    if (given.address !== undefined) this.#byAddress.set(given.address, document);
    const self = textMember(given.root, '$self');
    if (self !== undefined)
      this.#byAddress.set(withoutFragment(absolute(self, given.address) ?? self), document);
  }

  /** Reads documents until no reference leads to one that was not looked for. */
  async readAll(): Promise<void> {
    // The list grows while it is walked through.
    for (const document of this.#documents) {
      for (const reference of document.references) {
        const address = this.#addressOf(reference, document);
        if (address === undefined || this.#isKnown(address)) continue;
        await this.#read(address);
      }
    }
  }

  /** Address of another document; undefined for what stays in this one or cannot be an address. */
  #addressOf(reference: string, document: Document): string | undefined {
    if (reference.startsWith('#') || this.#isBareName(reference, document)) return undefined;
    const base = textMember(document.root, '$self') ?? document.address;
    const url = absolute(reference, absolute(base ?? '', document.address) ?? document.address);
    return url === undefined ? undefined : withoutFragment(url);
  }

  /** Swagger 1 and careless authors write the name of a shared schema alone. */
  #isBareName(reference: string, { prefix }: Document): boolean {
    const { root } = this.#description;
    return prefix === '#' && !/[/#]/.test(reference) && hasSchema(root, reference);
  }

  #isKnown(address: string): boolean {
    return (
      this.#byAddress.has(address) ||
      this.#failed.has(address) ||
      this.#documents.some(({ ids }) => ids.has(address))
    );
  }

  async #read(address: string): Promise<void> {
    const { neighbours } = this.#source;
    if (neighbours === undefined) return;
    const found = await neighbours.read(address);
    if (found.kind !== 'text') {
      const code = found.kind === 'refused' ? 'reference-remote' : 'reference-missing';
      this.#failed.set(address, { code, reason: found.reason });
      return;
    }
    const parsed = parseAnything(found.text);
    const nodes = 'problem' in parsed ? 0 : parsed.nodes;
    const problem =
      'problem' in parsed
        ? parsed.problem
        : this.#nodes + nodes > MAX_DOCUMENT_NODES
          ? 'the documents hold too many values together'
          : undefined;
    if ('problem' in parsed || problem !== undefined) {
      this.#failed.set(address, { code: 'reference-missing', reason: problem ?? '' });
      return;
    }
    this.#hash.update(`\n${found.name}\n${found.text}`);
    const lineOf = createLineFinder(found.text, /^\s*[[{]/.test(found.text));
    this.#add({ address, name: found.name, root: parsed.value, lineOf });
  }

  finish(): Description {
    const [first, ...others] = this.#documents;
    if (first === undefined) return this.#description;
    const rest = others.map((document) => this.#rewritten(document));
    const own = this.#rewritten(first);
    const root: JsonObject = {
      ...(isObject(own) ? own : {}),
      [DOCUMENTS]: rest,
      [NAMES]: others.map(({ name }) => name),
      [UNREAD]: this.#unread.map(({ code, reason }) => ({ code, reason })),
    };
    return {
      ...this.#description,
      root: this.#included(root),
      lineOf: (pointer) => {
        const { document, inside } = this.#place(pointer);
        return document.lineOf(inside);
      },
      show: (pointer) => {
        const { document, inside } = this.#place(pointer);
        return document.name === '' ? inside : `${document.name}${inside}`;
      },
      sha256: others.length === 0 ? this.#source.sha256 : `sha256-${this.#hash.digest('hex')}`,
    };
  }

  /** With maps in files of their own put in their places. Throws SOURCE_NOT_A_DESCRIPTION when that makes it boundless. */
  #included(root: JsonObject): JsonObject {
    const whole = include(root, (pointer) => valueAt(root, pointerSteps(pointer) ?? ['']));
    const detail = excessOf(whole);
    if (detail === undefined) return whole;
    throw hubError('SOURCE_NOT_A_DESCRIPTION', { source: this.#source.location, detail });
  }

  /** The document a pointer of the gathered tree leads to, and the pointer there. */
  #place(pointer: string): { document: Document; inside: string } {
    const [, number] = pointerSteps(pointer)?.[0] === DOCUMENTS ? (pointerSteps(pointer) ?? []) : [];
    const found = number === undefined ? undefined : this.#documents[Number(number) + 1];
    const [first] = this.#documents;
    if (found !== undefined) return { document: found, inside: `#${pointer.slice(found.prefix.length)}` };
    if (first === undefined) throw new TypeError('the source itself is always among its documents');
    return { document: first, inside: pointer };
  }

  #rewritten(document: Document): Json {
    return rewrite(document.root, (reference) => this.#pointerOf(reference, document));
  }

  /** The pointer in the gathered tree that a reference stands for; one that leads nowhere points to the reason. */
  #pointerOf(reference: string, document: Document): string {
    const cut = reference.indexOf('#');
    const fragment = cut === -1 ? '' : reference.slice(cut + 1);
    if (cut === 0) return this.#inside(fragment, document, reference);
    const address = this.#addressOf(reference, document);
    if (address === undefined) return reference;
    const target = this.#byAddress.get(address);
    if (target !== undefined) return this.#inside(fragment, target, reference);
    for (const { ids, prefix } of this.#documents) {
      const home = ids.get(address);
      if (home !== undefined) return `${prefix}${home.slice(1)}${fragment}`;
    }
    const unread = this.#failed.get(address);
    return unread === undefined ? reference : this.#nowhere(reference, unread);
  }

  #inside(fragment: string, { prefix, anchors }: Document, reference: string): string {
    if (fragment === '' || fragment.startsWith('/')) return `${prefix}${fragment}`;
    const anchor = anchors.get(fragment);
    if (anchor === SEVERAL) return this.#nowhere(reference, { code: 'reference-missing', reason: MEANT });
    if (anchor !== undefined) return `${prefix}${anchor.slice(1)}`;
    return prefix === '#' ? reference : this.#nowhere(reference, { code: 'reference-missing', reason: '' });
  }

  #nowhere(reference: string, { code, reason }: Unread): string {
    const shown = reference.length > 120 ? `${reference.slice(0, 117)}…` : reference;
    const why = reason === '' ? 'which does not exist' : `which was not read: ${reason}`;
    this.#unread.push({ code, reason: `refers to ${shown}, ${why}` });
    return pointerTo('#', UNREAD, this.#unread.length - 1);
  }
}

function hasSchema(root: JsonObject, name: string): boolean {
  const homes = [
    root['definitions'],
    isObject(root['components']) ? root['components']['schemas'] : undefined,
  ];
  return homes.some((home) => isObject(home) && Object.hasOwn(home, name));
}

function absolute(reference: string, base: string | undefined): string | undefined {
  if (URL.canParse(reference)) return new URL(reference).href;
  return base !== undefined && URL.canParse(reference, base) ? new URL(reference, base).href : undefined;
}

const withoutFragment = (url: string): string => url.split('#')[0] ?? '';
