import { madeVisible } from '../../approvals/visible.ts';

/** Text that may stand in a page as it is; `markup` makes it of values, and of our own constants alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | false | undefined | Markup | readonly Part[];

const escaped = (text: string): string =>
  madeVisible(text).replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

function toText(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(toText).join('') : escaped(String(part));
}

/** Markup with values in it. Texts are escaped, and characters that nobody sees are written out, whoever wrote them. */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(strings.map((text, at) => text + toText(parts[at])).join(''));
