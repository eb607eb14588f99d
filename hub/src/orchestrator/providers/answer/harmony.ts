/** A piece of an answer that is written with the marks of a family of models. */
export interface MarkedPiece {
  readonly type: 'text' | 'reasoning' | 'call';
  readonly delta: string;
  /** Of a call: which one of the answer, and, in its first piece, what is called. */
  readonly call?: { readonly number: number; readonly name: string };
}

const START = '<|start|>';
const CHANNEL = '<|channel|>';
const MESSAGE = '<|message|>';
const ENDS = /<\|(?:end|call|return|start|channel)\|>/;
/** What may become one of these marks with the next piece. */
const MAY_END = /<(?:\|[a-z]{0,7}\|?)?$/;
/** Programs that leave out marks leave out this one first. */
const BARE_ROLE = `assistant${CHANNEL}`;
const BEGINNINGS = [START, CHANNEL, BARE_ROLE];
/** What is longer before its message is no header. */
const LONGEST_HEADER = 400;

/** How an answer begins that is written this way. */
export const HARMONY_BEGINNINGS: readonly string[] = [START, CHANNEL];

/**
 * Reads the messages of which an answer of gpt-oss consists, where the program that runs it leaves their marks in the text
 * (`<|channel|>analysis<|message|>…<|end|>`): what is thought, what is said, and calls of tools, each piece as it comes.
 */
export class HarmonyReader {
  #state: 'between' | 'header' | 'body' | 'plain' = 'between';
  #held = '';
  #kind: MarkedPiece['type'] | 'skipped' = 'text';
  #calls = 0;

  push(text: string): MarkedPiece[] {
    this.#held += text;
    const pieces: MarkedPiece[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  /** What was held back at the end of the answer. */
  end(): MarkedPiece[] {
    const pieces: MarkedPiece[] = [];
    if (this.#state === 'body' || (this.#state === 'between' && !this.#held.trimStart().startsWith('<')))
      this.#tell(this.#held, pieces);
    this.#held = '';
    return pieces;
  }

  /** Whether it went on; otherwise more of the answer is needed. */
  #step(pieces: MarkedPiece[]): boolean {
    switch (this.#state) {
      case 'between':
        return this.#begin();
      case 'header':
        return this.#readHeader(pieces);
      case 'body':
        return this.#readBody(pieces);
      case 'plain':
        this.#tell(this.#held, pieces);
        this.#held = '';
        return false;
    }
  }

  #begin(): boolean {
    const held = this.#held.trimStart();
    if (BEGINNINGS.some((mark) => held.startsWith(mark))) {
      this.#held = held;
      this.#state = 'header';
      return true;
    }
    if (BEGINNINGS.some((mark) => mark.startsWith(held))) return false;
    this.#say();
    return true;
  }

  /** From here on it is text without marks. */
  #say(): void {
    this.#kind = 'text';
    this.#state = 'plain';
  }

  #readHeader(pieces: MarkedPiece[]): boolean {
    const end = this.#held.indexOf(MESSAGE);
    if (end < 0 && this.#held.length <= LONGEST_HEADER) return false;
    if (end < 0) {
      this.#say();
      return true;
    }
    const header = this.#held.slice(0, end);
    this.#held = this.#held.slice(end + MESSAGE.length);
    this.#state = 'body';
    const name = /\bto=(?:functions\.)?([\w.:/-]+)/.exec(header)?.[1];
    this.#kind = kindOf(header, name);
    if (this.#kind === 'call' && name !== undefined) {
      this.#calls += 1;
      pieces.push({ type: 'call', delta: '', call: { number: this.#calls, name } });
    }
    return true;
  }

  #readBody(pieces: MarkedPiece[]): boolean {
    const mark = ENDS.exec(this.#held);
    if (mark === null) {
      const free = MAY_END.exec(this.#held)?.index ?? this.#held.length;
      this.#tell(this.#held.slice(0, free), pieces);
      this.#held = this.#held.slice(free);
      return false;
    }
    this.#tell(this.#held.slice(0, mark.index), pieces);
    const isNext = mark[0] === START || mark[0] === CHANNEL;
    this.#held = this.#held.slice(mark.index + (isNext ? 0 : mark[0].length));
    this.#state = isNext ? 'header' : 'between';
    return true;
  }

  #tell(delta: string, pieces: MarkedPiece[]): void {
    if (delta === '' || this.#kind === 'skipped') return;
    if (this.#kind === 'call') pieces.push({ type: 'call', delta, call: { number: this.#calls, name: '' } });
    else pieces.push({ type: this.#kind, delta });
  }
}

/** A message in the name of somebody else is made up; what is said on the channel of calls and to nobody is for the person. */
function kindOf(header: string, recipient: string | undefined): MarkedPiece['type'] | 'skipped' {
  const role = /<\|start\|>\s*([\w.]+)/.exec(header)?.[1] ?? 'assistant';
  if (role !== 'assistant') return 'skipped';
  if (recipient !== undefined && recipient !== 'assistant' && recipient !== 'user') return 'call';
  return /<\|channel\|>\s*analysis\b/.test(header) ? 'reasoning' : 'text';
}
