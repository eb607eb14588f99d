/** The edition of JavaScript that the interpreter has. */
export const EDITION = 2025;

export const OPENING = '(async () => {';

/** Code as the interpreter reads it: the body of an async function. It begins on the first line, so that its lines keep their numbers. */
export const asFunction = (code: string): string => `${OPENING}${code}\n})`;
