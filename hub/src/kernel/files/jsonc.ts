import type { Json } from '@counterpart/schemas';

/** A value and where its text stands: `text.slice(start, end)`. */
export type JsonNode =
  | {
      readonly kind: 'scalar';
      readonly start: number;
      readonly end: number;
      readonly value: string | number | boolean | null;
    }
  | {
      readonly kind: 'array';
      readonly start: number;
      readonly end: number;
      readonly items: readonly JsonNode[];
    }
  | ObjectNode;

export interface ObjectNode {
  readonly kind: 'object';
  readonly start: number;
  readonly end: number;
  readonly members: readonly MemberNode[];
}

export interface MemberNode {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly value: JsonNode;
}

/** What does not parse, and where (both 1-based), in words that quote none of the text, for it may hold secrets. */
export class JsoncError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(reason: string, text: string, at: number) {
    const before = text.slice(0, at).split('\n');
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    super(`${reason} at line ${line}, column ${column}`);
    this.name = 'JsoncError';
    this.line = line;
    this.column = column;
  }
}

export interface JsoncRules {
  /** Comments and trailing commas are errors, as `JSON.parse` has it. */
  readonly strict?: boolean;
}

const MAX_DEPTH = 200;
const BLANK = /[\s\uFEFF]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y;
const STRING = /"(?:[^"\\\n]|\\.)*"/y;
const LITERAL = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** JSON with `//` and block comments and trailing commas, positions kept. Throws JsoncError. */
export function parseJsonc(text: string, rules: JsoncRules = {}): JsonNode {
  const reader = new Reader(text, rules.strict === true);
  const root = reader.value(0);
  reader.skip();
  if (text[reader.at] === ':')
    throw reader.error('a name and no object around it: put { before the first name and } at the end');
  if (reader.at < text.length) throw reader.error('unexpected text after the end');
  return root;
}

/** Where blanks and comments that begin at `from` end. */
export function skipTrivia(text: string, from: number): number {
  const reader = new Reader(text, false);
  reader.at = from;
  reader.skip();
  return reader.at;
}

class Reader {
  at = 0;
  private readonly text: string;
  private readonly strict: boolean;

  constructor(text: string, strict: boolean) {
    this.text = text;
    this.strict = strict;
  }

  error(reason: string): JsoncError {
    return new JsoncError(reason, this.text, this.at);
  }

  skip(): void {
    while (this.take(BLANK) !== undefined || (!this.strict && this.take(COMMENT) !== undefined));
  }

  value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw this.error('nested too deeply');
    this.skip();
    const start = this.at;
    if (this.text[start] === '{') return this.object(depth);
    if (this.text[start] === '[') return this.array(depth);
    const raw = this.take(STRING) ?? this.take(LITERAL);
    if (raw === undefined) throw this.error(start >= this.text.length ? 'unexpected end' : 'not a value');
    return { kind: 'scalar', start, end: this.at, value: this.scalar(raw, start) };
  }

  private object(depth: number): ObjectNode {
    const start = this.at++;
    const members: MemberNode[] = [];
    while (!this.closes('}', members.length > 0)) {
      const keyStart = this.at;
      const raw = this.take(STRING);
      if (raw === undefined) throw this.error('a member’s name in double quotes is missing');
      this.skip();
      if (this.text[this.at] !== ':') throw this.error('":" is missing');
      this.at += 1;
      const value = this.value(depth + 1);
      members.push({ key: String(this.scalar(raw, keyStart)), start: keyStart, end: value.end, value });
    }
    return { kind: 'object', start, end: this.at, members };
  }

  private array(depth: number): JsonNode {
    const start = this.at++;
    const items: JsonNode[] = [];
    while (!this.closes(']', items.length > 0)) items.push(this.value(depth + 1));
    return { kind: 'array', start, end: this.at, items };
  }

  /** Steps over the comma before the next element, or over the bracket that ends the list. */
  private closes(bracket: '}' | ']', afterElement: boolean): boolean {
    this.skip();
    let comma = false;
    if (afterElement && this.text[this.at] === ',') {
      this.at += 1;
      comma = true;
      this.skip();
    }
    if (this.text[this.at] === bracket) {
      if (comma && this.strict) throw this.error('a comma before the closing bracket');
      this.at += 1;
      return true;
    }
    if (afterElement && !comma) throw this.error(`"," or "${bracket}" is missing`);
    return false;
  }

  private scalar(raw: string, start: number): string | number | boolean | null {
    try {
      const value: unknown = JSON.parse(raw);
      if (
        value === null ||
        typeof value === 'string' ||
        typeof value === 'number' ||
        typeof value === 'boolean'
      )
        return value;
    } catch {
      // reported below with its place
    }
    throw new JsoncError('not a valid value', this.text, start);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    return found;
  }
}

/** The value without its positions. Of members of one name the last counts, as in `JSON.parse`. */
export function plainValue(node: JsonNode): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'array':
      return node.items.map(plainValue);
    case 'object':
      return Object.fromEntries(node.members.map((member) => [member.key, plainValue(member.value)]));
  }
}

/** The member that counts: the last of that name. */
export const findMember = (node: ObjectNode, key: string): MemberNode | undefined =>
  node.members.findLast((member) => member.key === key);

/** The value at `path`, or the nearest one around it that is there; undefined when nothing but the root is. */
export function nodeAt(root: JsonNode, path: readonly PropertyKey[]): JsonNode | undefined {
  let found: JsonNode | undefined;
  let node: JsonNode | undefined = root;
  for (const key of path) {
    node = node && childOf(node, key);
    found = node ?? found;
  }
  return found;
}

function childOf(node: JsonNode, key: PropertyKey): JsonNode | undefined {
  if (node.kind === 'object') return findMember(node, String(key))?.value;
  return node.kind === 'array' ? node.items[Number(key)] : undefined;
}
