/** Beginnings that are looked for in one pass over a text, by the first three characters of each. */
export interface Marks<Kind extends string> {
  /** By the bits of three characters: the place in `lists` of the marks that begin so; 0: none does. */
  readonly heads: Uint16Array;
  readonly lists: readonly (readonly Mark<Kind>[])[];
}

export interface Mark<Kind extends string> {
  readonly kind: Kind;
  readonly text: string;
}

/** Five bits of a character: letters differ in them, whatever their case. */
const BITS = 5;
const LOW = (1 << BITS) - 1;
const ALL = (1 << (3 * BITS)) - 1;
const HEAD = 3;

const codeOf = (text: string): number => {
  let code = 0;
  for (let at = 0; at < HEAD; at += 1) code = (code << BITS) | (text.charCodeAt(at) & LOW);
  return code;
};

/** Takes marks of three characters and more, in lower case. */
export function compileMarks<Kind extends string>(
  lists: Readonly<Record<Kind, readonly string[]>>,
): Marks<Kind> {
  const heads = new Uint16Array(ALL + 1);
  const all: Mark<Kind>[][] = [[]];
  for (const kind of Object.keys(lists) as Kind[])
    // The keys of a record are its own.
    for (const text of lists[kind]) {
      const code = codeOf(text);
      const known = all[heads[code] ?? 0];
      if (known !== undefined && known.length > 0) known.push({ kind, text });
      else heads[code] = all.push([{ kind, text }]) - 1;
    }
  return { heads, lists: all };
}

export interface Visitor<Kind extends string> {
  mark(mark: Mark<Kind>, at: number): void;
  /** A digit that none stands before. */
  digits(at: number): void;
  /** An `@`. */
  mailbox(at: number): void;
}

const [ZERO, NINE, AT] = [48, 57, 64];

/** Looks at each character of a text in lower case once, and at more only where one of the marks begins. */
export function scanMarks<Kind extends string>(
  lower: string,
  { heads, lists }: Marks<Kind>,
  visitor: Visitor<Kind>,
): void {
  let code = 0;
  let isInDigits = false;
  for (let at = 0; at < lower.length; at += 1) {
    const unit = lower.charCodeAt(at);
    code = ((code << BITS) | (unit & LOW)) & ALL;
    const isDigit = unit >= ZERO && unit <= NINE;
    if (isDigit && !isInDigits) visitor.digits(at);
    isInDigits = isDigit;
    if (unit === AT) visitor.mailbox(at);
    const list = heads[code] ?? 0;
    if (list === 0 || at < HEAD - 1) continue;
    const start = at - HEAD + 1;
    for (const mark of lists[list] ?? []) if (lower.startsWith(mark.text, start)) visitor.mark(mark, start);
  }
}
