import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];
type Tint = (text: string) => string;

/** Colours by meaning. Without colours every function gives its text back. */
export interface Paint {
  readonly strong: Tint;
  readonly faint: Tint;
  readonly good: Tint;
  readonly warn: Tint;
  readonly bad: Tint;
  readonly code: Tint;
}

/** A palette for one stream. */
export function createPaint(colours: boolean): Paint {
  const tint =
    (style: Style): Tint =>
    (text) =>
      colours ? styleText(style, text, { validateStream: false }) : text;
  return {
    strong: tint('bold'),
    faint: tint('dim'),
    good: tint('green'),
    warn: tint('yellow'),
    bad: tint('red'),
    code: tint('cyan'),
  };
}

const BACKTICKED = /`([^`]+)`/g;

export interface CodeStyle {
  readonly colours: boolean;
  /** How the reader calls this program: `hub`, or `npx hub` where it is on no path. */
  readonly program: string;
}

/** Commands inside backticks as the reader can type them, in the colour of code; without colours the backticks stay. */
export function paintCode(text: string, { colours, program }: CodeStyle): string {
  const { code } = createPaint(colours);
  return text.replace(BACKTICKED, (quoted: string, inner: string) => {
    const typed = inner.replace(/^hub(?= |$)/, program);
    return colours ? code(typed) : quoted.replace(inner, () => typed);
  });
}
