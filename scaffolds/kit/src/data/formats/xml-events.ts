import { SaxesParser } from 'saxes';
import { ToolFailure } from '../../failure.ts';
import type { Notes } from '../notes.ts';
import { LARGEST_RECORD } from './record.ts';

/** Attributes by their names as written; declarations of namespaces are no attributes. */
export type Attributes = readonly (readonly [name: string, value: string])[];

export interface XmlHandlers {
  open(name: string, attributes: Attributes, line: number): void;
  text(text: string): void;
  close(name: string): void;
}

/** No document of records is nested deeper; every open element costs memory. */
const DEEPEST = 1_000;

/** Names of the entities that a document type declares, in its own words. */
const entitiesOf = (doctype: string): string[] =>
  [...doctype.matchAll(/<!ENTITY\s+(%\s*)?([\w.:-]{1,80})/g)].map(([, isParameter, name]) =>
    isParameter === undefined ? `&${name};` : `%${name};`,
  );

/**
 * Events of an XML document that comes in pieces (XML 1.0, well-formedness only). Entities beyond the five of XML are never
 * expanded, nothing outside of the document is ever read: a document that uses one is refused. Throws ToolFailure.
 */
export class XmlEvents {
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #notes: Notes;
  #declared: string[] = [];
  #depth = 0;
  /** Characters since something was told; what is being collected meanwhile has no other bound. */
  #untold = 0;

  constructor(handlers: XmlHandlers, notes: Notes) {
    this.#notes = notes;
    const parser = this.#parser;
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('doctype', (doctype) => (this.#declared = entitiesOf(doctype)));
    parser.on('opentag', ({ name, attributes }) => {
      this.#untold = 0;
      this.#depth += 1;
      if (this.#depth > DEEPEST)
        throw new ToolFailure(`Line ${parser.line}: it is nested deeper than ${DEEPEST} elements.`);
      const given: [string, string][] = [];
      // The most called lines of all: half of a large document is attributes.
      for (const key in attributes) {
        if (key.startsWith('xmlns') && (key.length === 5 || key[5] === ':')) continue;
        given.push([key, attributes[key] ?? '']);
      }
      handlers.open(name, given, parser.line);
    });
    const text = (piece: string): void => {
      this.#untold = 0;
      handlers.text(piece);
    };
    parser.on('text', text);
    parser.on('cdata', text);
    parser.on('closetag', ({ name }) => {
      this.#untold = 0;
      this.#depth -= 1;
      handlers.close(name);
    });
  }

  push(piece: string): void {
    this.#untold += piece.length;
    this.#guarded(() => this.#parser.write(piece));
    if (this.#untold > LARGEST_RECORD + piece.length)
      throw new ToolFailure(`Line ${this.#parser.line}: a single part of it is larger than 16 MiB.`);
  }

  /** The end of the document: one that is cut off is noted. Throws ToolFailure where no element was met. */
  end(): void {
    const line = this.#parser.line;
    if (this.#depth > 0) {
      this.#notes.add('The document ends in the middle; what stands before was read', line);
      return;
    }
    this.#guarded(() => this.#parser.close());
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof ToolFailure || !(error instanceof Error)) throw error;
      throw new ToolFailure(this.#explain(error.message));
    }
  }

  #explain(message: string): string {
    const [, line = String(this.#parser.line), what = message] =
      /^(?:.*?:)?(\d+):\d+: (.*)$/s.exec(message) ?? [];
    if (!/undefined entity/.test(what))
      return `Line ${line}: this is no well-formed XML (${what.replace(/\.$/, '')}).`;
    const declared =
      this.#declared.length === 0 ? '' : ` (it declares ${this.#declared.slice(0, 5).join(', ')})`;
    return `Line ${line}: it uses an entity that is not one of XML’s own${declared}; entities of documents are never expanded, and nothing they lead to is read.`;
  }
}
