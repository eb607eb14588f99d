import { isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';

export type Path = readonly PropertyKey[];

/** Where a member of JSON text stands (line, from 1): the value at `path`, or the nearest one around it that is there. */
export function lineOf(text: string, path: Path): number | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

/** Why text is not JSON, in words that quote none of it, for it may hold secrets. */
export function describeSyntaxError(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const place = /line \d+ column \d+/.exec(message)?.[0];
  const line = place ?? placeOfFirstWord(text);
  const reason =
    /^(?:Expected [^"]*? in JSON|Unterminated string|Unexpected end)/.exec(message)?.[0] ??
    'something is not JSON';
  return `✖ ${reason.replace(/ in JSON$/, '')}${line === undefined ? '' : `, ${line}`}`;
}

/** Text outside quotes that is neither a number nor a literal is what the parser stumbles over without saying where. */
function placeOfFirstWord(text: string): string | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const offsets = document.errors.map((error) => error.pos[0]);
  visit(document, (_, node) => {
    if (!isScalar(node) || node.type === 'QUOTE_DOUBLE' || !node.range) return;
    if (!/^(?:-?\d[\d.eE+-]*|true|false|null)$/.test(text.slice(node.range[0], node.range[1])))
      offsets.push(node.range[0]);
  });
  if (offsets.length === 0) return undefined;
  const { line, col } = lines.linePos(Math.min(...offsets));
  return `line ${line} column ${col}`;
}
