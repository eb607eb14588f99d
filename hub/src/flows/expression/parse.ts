import type { Json } from '@counterpart/schemas';

/** What `${…}` and `when` hold: paths, literals, comparisons. Nothing of it can call anything. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'path'; readonly root: string; readonly steps: readonly (string | number)[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Operator = '??' | '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

/** What cannot be read, at a character of the text. */
export class ExpressionError extends Error {}

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_][\w-]*)|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<sign>\?\?|\|\||&&|==|!=|<=|>=|[<>!().[\]]))/y;
/** Deeper ones are nobody's intent. */
const MOST_DEPTH = 50;

/** Binds loosest first. */
const LEVELS: readonly (readonly Operator[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
];
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

/** Reads an expression. Throws ExpressionError. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text), text);
  return parser.whole();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (let at = 0; at < text.trimEnd().length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const { groups = {} } = pattern.exec(text) ?? {};
    const [kind, found] = Object.entries(groups).find(([, part]) => part !== undefined) ?? [];
    if (found === undefined || !isKind(kind))
      throw new ExpressionError(`"${text.slice(at).trim().slice(0, 20)}" is not understood in "${text}"`);
    tokens.push({ kind, text: found, at });
  }
  return [...tokens, { kind: 'end', text: 'the end', at: text.length }];
}

const isKind = (kind: string | undefined): kind is Token['kind'] =>
  kind === 'name' || kind === 'number' || kind === 'text' || kind === 'sign';

class Parser {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  whole(): Expression {
    const expression = this.#level(0);
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return expression;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: this.#text.length };
  }

  #level(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#level(level + 1);
    for (;;) {
      const operator = operators.find((one) => one === this.#token.text && this.#token.kind !== 'text');
      if (operator === undefined) return left;
      this.#next += 1;
      left = { kind: 'binary', operator, left, right: this.#level(level + 1) };
    }
  }

  #unary(): Expression {
    if ((this.#depth += 1) > MOST_DEPTH) throw new ExpressionError(`"${this.#text}" is nested too deep`);
    try {
      if (this.#take('!')) return { kind: 'not', of: this.#unary() };
      if (!this.#take('(')) return this.#primary();
      const inner = this.#level(0);
      this.#expect(')');
      return inner;
    } finally {
      this.#depth -= 1;
    }
  }

  #primary(): Expression {
    const { kind, text } = this.#token;
    if (kind === 'sign' || kind === 'end') throw this.#unexpected();
    this.#next += 1;
    if (kind === 'number') return { kind: 'literal', value: Number(text) };
    if (kind === 'text') return { kind: 'literal', value: unquoted(text) };
    const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
    return word === undefined
      ? { kind: 'path', root: text, steps: this.#steps() }
      : { kind: 'literal', value: word };
  }

  #steps(): (string | number)[] {
    const steps: (string | number)[] = [];
    for (;;) {
      if (this.#take('.')) steps.push(this.#member());
      else if (this.#take('[')) {
        const { kind, text } = this.#token;
        if (kind !== 'number' && kind !== 'text') throw this.#unexpected();
        this.#next += 1;
        steps.push(kind === 'number' ? Number(text) : unquoted(text));
        this.#expect(']');
      } else return steps;
    }
  }

  #member(): string {
    const { kind, text } = this.#token;
    if (kind !== 'name') throw this.#unexpected();
    this.#next += 1;
    return text;
  }

  #take(sign: string): boolean {
    const found = this.#token.kind === 'sign' && this.#token.text === sign;
    if (found) this.#next += 1;
    return found;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected(`; ${sign} is missing`);
  }

  #unexpected(more = ''): ExpressionError {
    return new ExpressionError(`${this.#token.text} was not expected in "${this.#text}"${more}`);
  }
}

const unquoted = (text: string): string =>
  text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
