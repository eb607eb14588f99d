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

/** Commands inside backticks take the colour of code; without colours the backticks stay. */
export const paintCode = (text: string, paint: Paint, colours: boolean): string =>
  colours ? text.replace(BACKTICKED, (_, code: string) => paint.code(code)) : text;
