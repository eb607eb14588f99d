/** An element with the namespaces of its names resolved (Namespaces in XML 1.0). */
export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** Namespace; empty for none. */
  readonly ns: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | string)[];
  /** Namespaces by prefix; the default one under the empty prefix. */
  readonly scope: ReadonlyMap<string, string>;
}

export interface XmlAttribute {
  readonly name: string;
  readonly ns: string;
  readonly value: string;
}

export interface ParseOptions {
  /**
   * `ignored`: a prefix without a namespace is dropped, as services do whose descriptions name prefixes alone.
   * `without-attribute`: an attribute of such a prefix is left out, and an element refused.
   */
  readonly undeclaredPrefixes?: 'refused' | 'ignored' | 'without-attribute';
}

/** Text that is no XML, or XML that is not read; the message is a clause with its line. */
export class XmlProblem extends Error {}

const MOST_DEPTH = 200;
const MOST_ELEMENTS = 1_000_000;
const XML_NS = 'http://www.w3.org/XML/1998/namespace';
const NAME = String.raw`[A-Za-z_\u0080-\uFFFF][\w.\-\u0080-\uFFFF]*(?::[A-Za-z_\u0080-\uFFFF][\w.\-\u0080-\uFFFF]*)?`;
const OPEN = new RegExp(String.raw`<(${NAME})`, 'y');
const CLOSE = new RegExp(String.raw`</(${NAME})\s*>`, 'y');
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*(?:"([^<"]*)"|'([^<']*)')`, 'y');
const END = /\s*(\/?)>/y;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface Open {
  readonly raw: string;
  readonly element: XmlElement & { readonly children: (XmlElement | string)[] };
}

/**
 * The root element of a document. Nothing is fetched and nothing is defined: a document type is refused, so that no
 * entity but the five of the specification is ever replaced. Throws XmlProblem.
 */
export function parseXml(text: string, options: ParseOptions = {}): XmlElement {
  return new Parser(text.replace(/^\uFEFF/, ''), options).run();
}

const isDeclared = (name: string, scope: ReadonlyMap<string, string>): boolean =>
  !name.includes(':') || scope.has(name.slice(0, name.indexOf(':')));

class Parser {
  readonly #text: string;
  readonly #ignoresPrefixes: boolean;
  readonly #dropsAttributes: boolean;
  #at = 0;
  #elements = 0;
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;

  constructor(text: string, { undeclaredPrefixes }: ParseOptions) {
    this.#text = text;
    this.#ignoresPrefixes = undeclaredPrefixes === 'ignored';
    this.#dropsAttributes = undeclaredPrefixes === 'without-attribute';
  }

  run(): XmlElement {
    while (this.#at < this.#text.length) {
      const next = this.#text.indexOf('<', this.#at);
      const end = next < 0 ? this.#text.length : next;
      if (end > this.#at) this.#characters(this.#decoded(this.#text.slice(this.#at, end)));
      this.#at = end;
      if (next >= 0) this.#markup();
    }
    const [unclosed] = this.#open.slice(-1);
    if (unclosed !== undefined) throw this.#problem(`<${unclosed.raw}> is not closed`);
    if (this.#root === undefined) throw this.#problem('there is no element');
    return this.#root;
  }

  #markup(): void {
    const { start, end } = SECTIONS.find((one) => this.#text.startsWith(one.start, this.#at)) ?? {};
    if (start !== undefined && end !== undefined) {
      const close = this.#text.indexOf(end, this.#at + start.length);
      if (close < 0) throw this.#problem(`${start} is not closed`);
      if (start === CDATA) this.#characters(this.#text.slice(this.#at + start.length, close));
      this.#at = close + end.length;
    } else if (this.#text.startsWith('<!', this.#at)) {
      throw this.#problem('it has a document type, which is not read: entities could be anything');
    } else if (this.#text[this.#at + 1] === '/') this.#close();
    else this.#element();
  }

  #characters(text: string): void {
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.element.children.push(text);
    else if (text.trim() !== '') throw this.#problem('there is text outside of the root element');
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #element(): void {
    const raw = this.#take(OPEN)?.[1];
    if (raw === undefined) throw this.#problem('`<` begins no tag');
    const pairs: [string, string][] = [];
    for (let one = this.#take(ATTRIBUTE); one !== undefined; one = this.#take(ATTRIBUTE))
      pairs.push([one[1] ?? '', this.#decoded(one[2] ?? one[3] ?? '')]);
    const end = this.#take(END);
    if (end === undefined) throw this.#problem(`the tag <${raw}> is malformed`);
    const element = this.#named(raw, pairs);
    this.#elements += 1;
    if (this.#elements > MOST_ELEMENTS) throw this.#problem(`it has more than ${MOST_ELEMENTS} elements`);
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.element.children.push(element);
    else if (this.#root !== undefined) throw this.#problem('there is a second root element');
    else this.#root = element;
    if (end[1] !== '/') this.#open.push({ raw, element });
    if (this.#open.length > MOST_DEPTH)
      throw this.#problem(`it is nested deeper than ${MOST_DEPTH} elements`);
  }

  #named(raw: string, pairs: readonly (readonly [string, string])[]): Open['element'] {
    const outer = this.#open.at(-1)?.element.scope ?? new Map([['xml', XML_NS]]);
    const declared = pairs.flatMap(([name, value]): [string, string][] =>
      name === 'xmlns' ? [['', value]] : name.startsWith('xmlns:') ? [[name.slice(6), value]] : [],
    );
    const scope = declared.length === 0 ? outer : new Map([...outer, ...declared]);
    const attributes = pairs
      .filter(([name]) => !/^xmlns(?::|$)/.test(name))
      .filter(([name]) => !this.#dropsAttributes || isDeclared(name, scope))
      .map(([name, value]) => ({ ...this.#resolved(name, scope, ''), value }));
    return { ...this.#resolved(raw, scope, scope.get('') ?? ''), attributes, children: [], scope };
  }

  #resolved(
    raw: string,
    scope: ReadonlyMap<string, string>,
    unprefixed: string,
  ): { name: string; ns: string } {
    const colon = raw.indexOf(':');
    if (colon < 0) return { name: raw, ns: unprefixed };
    const ns = scope.get(raw.slice(0, colon)) ?? (this.#ignoresPrefixes ? '' : undefined);
    if (ns === undefined) throw this.#problem(`the prefix ${raw.slice(0, colon)} stands for no namespace`);
    return { name: raw.slice(colon + 1), ns };
  }

  #close(): void {
    const raw = this.#take(CLOSE)?.[1];
    const open = this.#open.pop();
    if (raw === undefined || open?.raw !== raw)
      throw this.#problem(
        `${raw === undefined ? 'a closing tag' : `</${raw}>`} does not fit ${open === undefined ? 'anything' : `<${open.raw}>`}`,
      );
  }

  #decoded(text: string): string {
    if (!text.includes('&')) return text.replaceAll(/\r\n?/g, '\n');
    return text.replaceAll(/\r\n?/g, '\n').replaceAll(/&([^;&\s]{0,32});?/g, (whole, name: string) => {
      const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
      if (known !== undefined && whole.endsWith(';')) return known;
      const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
      const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
      if (Number.isNaN(code) || code > 0x10_ff_ff) throw this.#problem(`&${name}; is not known`);
      return String.fromCodePoint(code);
    });
  }

  #problem(what: string): XmlProblem {
    return new XmlProblem(`${what} (line ${this.#text.slice(0, this.#at).split('\n').length})`);
  }
}

const CDATA = '<![CDATA[';
const SECTIONS = [
  { start: '<!--', end: '-->' },
  { start: CDATA, end: ']]>' },
  { start: '<?', end: '?>' },
] as const;

/** Characters that XML 1.0 cannot hold, however they are written (production 2). */
// oxlint-disable-next-line no-control-regex
const IMPOSSIBLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** Text as it stands in an element or an attribute. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll(IMPOSSIBLE, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');

/** The child elements. */
export const elementsOf = ({ children }: XmlElement): XmlElement[] =>
  children.filter((child) => typeof child !== 'string');

/** All text below, in order. */
export const textOf = ({ children }: XmlElement): string =>
  children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');

/** The value of an attribute without a namespace, or with the one named. */
export const attributeOf = ({ attributes }: XmlElement, name: string, ns = ''): string | undefined =>
  attributes.find((one) => one.name === name && one.ns === ns)?.value;
