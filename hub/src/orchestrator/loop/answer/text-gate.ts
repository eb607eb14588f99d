/** How calls begin that a model writes into its text: JSON, a fence, or a tag. */
const BEGINNING = /(?:^|\n)[ \t]*(?:[{[]|```|<(?:tool|function|\|)|call\s*:)/;
/** A line that may still become such a beginning is held as well. */
const MAY_BEGIN =
  /(?:^|\n)[ \t]*(?:`{0,2}|<(?:t(?:o(?:ol?)?)?|f(?:u(?:n(?:c(?:t(?:i(?:on?)?)?)?)?)?)?)?|c(?:a(?:ll?\s*)?)?)$/;

/** Lets an answer's text through as it comes, up to where it may be a call that the model wrote as text: that is held. */
export class TextGate {
  readonly #let: (text: string) => void;
  readonly #isOpen: boolean;
  #held = '';
  #isShut = false;

  /** `isOpen`: the model calls tools by the protocol, so that its text is only text. */
  constructor(isOpen: boolean, pass: (text: string) => void) {
    this.#isOpen = isOpen;
    this.#let = pass;
  }

  write(delta: string): void {
    if (this.#isOpen) return this.#let(delta);
    this.#held += delta;
    if (this.#isShut) return;
    const at = BEGINNING.exec(this.#held)?.index ?? MAY_BEGIN.exec(this.#held)?.index;
    this.#isShut = BEGINNING.test(this.#held);
    const free = at === undefined ? this.#held : this.#held.slice(0, at);
    this.#held = this.#held.slice(free.length);
    if (free !== '') this.#let(free);
  }

  /** What was held: the caller decides whether it is a call. */
  take(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}
