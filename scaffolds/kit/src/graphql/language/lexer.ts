import { GraphqlSyntaxError } from './syntax-error.ts';

/** A lexical token (GraphQL September 2025, section 2.1). `text` of a string is its value, of all others what stands there. */
export interface Token {
  readonly kind: 'name' | 'int' | 'float' | 'string' | 'punctuator' | 'end';
  readonly text: string;
  /** Offset of its first character. */
  readonly at: number;
}

const IGNORED = /(?:[\uFEFF\t \n\r,]|#[^\n\r]*)*/y;
const NAME = /[_A-Za-z][_0-9A-Za-z]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const PUNCTUATOR = /\.\.\.|[!$&()=:@[\]{|}]/y;
const BLOCK = /"""((?:\\"""|[^"]|"(?!""))*)"""/y;
const STRING = /"((?:[^"\\\n\r]|\\.)*)"/y;
const ESCAPE = /\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|(.))/g;
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** Value of a quoted string's inside; throws for an escape that means nothing. */
function unescaped(raw: string, at: number): string {
  return raw.replace(ESCAPE, (whole, braced: string | undefined, four: string | undefined, one: string) => {
    const code = braced ?? four;
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      if (point <= 0x10ffff) return String.fromCodePoint(point);
    }
    const value = ESCAPED[one];
    if (code !== undefined || value === undefined)
      throw new GraphqlSyntaxError(`${whole} is no escape sequence`, at);
    return value;
  });
}

/** Common indentation and blank ends taken off a block string (section 2.9.4, BlockStringValue). */
function dedented(raw: string): string {
  const lines = raw.replaceAll('\\"""', '"""').split(/\r\n|\r|\n/);
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => /^[\t ]*/.exec(line)?.[0].length ?? 0);
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  const cut = lines.map((line, index) => (index === 0 ? line : line.slice(common)));
  const first = cut.findIndex((line) => line.trim() !== '');
  return first === -1 ? '' : cut.slice(first, cut.findLastIndex((line) => line.trim() !== '') + 1).join('\n');
}

function stringToken(text: string, at: number): [Token, number] {
  const isBlock = text.startsWith('"""', at);
  const found = match(isBlock ? BLOCK : STRING, text, at);
  if (found === undefined) throw new GraphqlSyntaxError('a string does not end', at);
  const raw = found[1] ?? '';
  const value = isBlock ? dedented(raw) : unescaped(raw, at);
  return [{ kind: 'string', text: value, at }, at + found[0].length];
}

function numberToken(text: string, at: number): [Token, number] {
  const found = match(NUMBER, text, at);
  const end = at + (found?.[0].length ?? 0);
  // A number must not run into a name or another number (section 2.9.1).
  if (found === undefined || /[.\w]/.test(text.charAt(end)))
    throw new GraphqlSyntaxError(
      `${JSON.stringify(/[-.\w]+/.exec(text.slice(at, at + 40))?.[0] ?? '')} is no number`,
      at,
    );
  const kind = found[1] === undefined && found[2] === undefined ? 'int' : 'float';
  return [{ kind, text: found[0], at }, end];
}

function nextToken(text: string, from: number): [Token, number] {
  const at = from + (match(IGNORED, text, from)?.[0].length ?? 0);
  if (at >= text.length) return [{ kind: 'end', text: '', at }, at];
  const name = match(NAME, text, at);
  if (name) return [{ kind: 'name', text: name[0], at }, at + name[0].length];
  const punctuator = match(PUNCTUATOR, text, at);
  if (punctuator) return [{ kind: 'punctuator', text: punctuator[0], at }, at + punctuator[0].length];
  const first = text.charAt(at);
  if (first === '"') return stringToken(text, at);
  if (/[-\d]/.test(first)) return numberToken(text, at);
  throw new GraphqlSyntaxError(
    `${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))} has no meaning here`,
    at,
  );
}

/** Reads tokens one by one, with one to look at ahead. */
export class TokenReader {
  readonly #text: string;
  #next: Token;
  #end: number;

  constructor(text: string) {
    this.#text = text;
    [this.#next, this.#end] = nextToken(text, 0);
  }

  get next(): Token {
    return this.#next;
  }

  /** True when the next token is this punctuator or name. */
  sees(text: string): boolean {
    return this.#next.text === text && (this.#next.kind === 'punctuator' || this.#next.kind === 'name');
  }

  take(): Token {
    const token = this.#next;
    [this.#next, this.#end] = nextToken(this.#text, this.#end);
    return token;
  }

  /** Takes the next token when it is this punctuator or name. */
  skip(text: string): boolean {
    const seen = this.sees(text);
    if (seen) this.take();
    return seen;
  }

  expect(text: string): Token {
    if (!this.sees(text)) throw this.unexpected(`expected ${text}`);
    return this.take();
  }

  name(what: string): Token {
    if (this.#next.kind !== 'name') throw this.unexpected(`expected ${what}`);
    return this.take();
  }

  /** What is wrong at the next token. */
  unexpected(expected: string): GraphqlSyntaxError {
    const { kind, text, at } = this.#next;
    const found =
      kind === 'end' ? 'the end' : kind === 'string' ? 'a string' : JSON.stringify(text.slice(0, 40));
    return new GraphqlSyntaxError(`${expected}, found ${found}`, at);
  }
}
