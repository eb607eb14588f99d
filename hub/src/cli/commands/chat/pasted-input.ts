import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { begunAtEnd } from '../../../kernel/text/begun-at-end.ts';

const BEGIN = '\u001b[200~';
const END = '\u001b[201~';
/** What is longer, or has more lines, stands in the line as a mark: every key of it would be drawn by itself. */
const LONGEST_SHOWN = 1000;
const MOST_LINES_SHOWN = 10;
/** The most that `/v1` takes in one request. */
const MOST_BYTES = 32 * 1024 * 1024;
const MARK = /\[pasted [^\]]{1,60}\]/g;
/** Pastes that can be sent again from the line's history. */
const MOST_KEPT = 4;

/** What a terminal can be told, besides being read. */
type Typed = Readable & { readonly setRawMode?: ((isRaw: boolean) => unknown) | undefined };

/**
 * The keys of a terminal that brackets what is pasted: a long paste is read as one piece, however it comes in, and a short mark is
 * typed in its place.
 */
export class PastedInput extends Transform {
  readonly #typed: Typed;
  readonly #refuse: (bytes: number) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #kept = new Map<string, string>();
  /** What may be the beginning of a bracket. */
  #held = '';
  #pasting: { pieces: string[]; bytes: number } | undefined;

  /** `refuse` is told the size of a paste that is larger than any message. */
  constructor(typed: Readable, refuse: (bytes: number) => void) {
    super();
    this.#typed = typed;
    this.#refuse = refuse;
    typed.pipe(this);
  }

  /** As readline asks for it. */
  setRawMode(isRaw: boolean): this {
    this.#typed.setRawMode?.(isRaw);
    return this;
  }

  /** Leaves the terminal to whoever reads it next. */
  leave(): void {
    this.#typed.unpipe(this);
    this.#typed.pause();
  }

  /** A line with the pastes that its marks stand for. */
  expand(line: string): string {
    return line.replaceAll(MARK, (mark) => this.#kept.get(mark) ?? mark);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#read(this.#held + this.#decoder.write(chunk));
    done();
  }

  #read(text: string): void {
    this.#held = '';
    for (let rest = text; rest !== '';) {
      const bracket = this.#pasting === undefined ? BEGIN : END;
      const at = rest.indexOf(bracket);
      if (at < 0) {
        // An escape that comes alone is a key.
        const isKey = bracket === BEGIN && rest.length === 1;
        const free = rest.length - (isKey ? 0 : begunAtEnd(rest, [bracket]));
        this.#held = rest.slice(free);
        return this.#take(rest.slice(0, free));
      }
      this.#take(rest.slice(0, at));
      rest = rest.slice(at + bracket.length);
      if (this.#pasting === undefined) this.#pasting = { pieces: [], bytes: 0 };
      else this.#end(this.#pasting);
    }
  }

  #take(text: string): void {
    if (text === '') return;
    if (this.#pasting === undefined) return void this.push(text);
    this.#pasting.bytes += Buffer.byteLength(text);
    if (this.#pasting.bytes > MOST_BYTES) this.#pasting.pieces = [];
    else this.#pasting.pieces.push(text);
  }

  #end({ pieces, bytes }: { readonly pieces: readonly string[]; readonly bytes: number }): void {
    this.#pasting = undefined;
    if (bytes > MOST_BYTES) return this.#refuse(bytes);
    const pasted = pieces.join('');
    const lines = pasted.split(/\r\n|[\r\n]/);
    const isShort = pasted.length <= LONGEST_SHOWN && lines.length <= MOST_LINES_SHOWN;
    this.push(isShort ? BEGIN + pasted + END : this.#markFor(lines, bytes));
  }

  #markFor(lines: readonly string[], bytes: number): string {
    const text = lines.join('\n');
    const several = lines.length > 1 ? `, ${lines.length} lines` : '';
    const name = `pasted ${sizeOf(bytes)}${several}`;
    let mark = `[${name}]`;
    for (let nth = 2; this.#kept.has(mark) && this.#kept.get(mark) !== text; nth++)
      mark = `[${name} #${nth}]`;
    this.#kept.delete(mark);
    this.#kept.set(mark, text);
    for (const oldest of [...this.#kept.keys()].slice(0, -MOST_KEPT)) this.#kept.delete(oldest);
    return mark;
  }
}

/** `2 MB`, `12 KB`. */
export function sizeOf(bytes: number): string {
  const [unit, name] = bytes < 1024 ** 2 ? [1024, 'KB'] : [1024 ** 2, 'MB'];
  return `${Number((bytes / unit).toFixed(1))} ${name}`;
}
