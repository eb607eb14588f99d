const TOKEN =
  /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*[}\]])|^\uFEFF/g;

/** JSON text whose comments and trailing commas are replaced by as many blanks: every other character keeps its place. */
export function stripComments(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('"') ? token : token.replaceAll(/[^\r\n]/g, ' ')));
}

/** Whether there is a comment that writing the value anew would lose. */
export function hasComments(text: string): boolean {
  return (text.match(TOKEN) ?? []).some((token) => token.startsWith('/'));
}
