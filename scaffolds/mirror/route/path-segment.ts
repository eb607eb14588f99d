/** One piece of a path template between two slashes. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string; readonly names: readonly [] }
  | {
      readonly kind: 'pattern';
      /** The template with its names taken out: `{}.json`. */
      readonly shape: string;
      readonly literals: readonly string[];
      readonly names: readonly string[];
      readonly literalLength: number;
    };

/** Reads one piece of a template. Braces that do not close are literal text. */
export function parseSegment(text: string): Segment {
  const pieces = text.split(/\{([^{}]*)\}/);
  if (pieces.length === 1) return { kind: 'literal', text: decodeLiteral(text), names: [] };
  const literals = pieces.filter((_, index) => index % 2 === 0).map(decodeLiteral);
  const names = pieces.filter((_, index) => index % 2 === 1);
  return {
    kind: 'pattern',
    shape: literals.join('{}'),
    literals,
    names,
    literalLength: literals.join('').length,
  };
}

/** Percent-decoded text; text that is wrongly encoded stays as it is. */
export function decodeLiteral(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Orders pieces by how much they fix: the more literal text, the earlier. */
export function compareSegments(a: Segment, b: Segment): number {
  return fixedLength(b) - fixedLength(a);
}

function fixedLength(segment: Segment): number {
  return segment.kind === 'literal'
    ? Number.POSITIVE_INFINITY
    : segment.literalLength - segment.names.length / 100;
}

/**
 * The raw texts of a piece's parameters; undefined when it does not fit. Literals are found from the left, the last one
 * at the end, so that the time is linear in the text.
 */
export function matchSegment(segment: Segment, text: string): readonly string[] | undefined {
  if (segment.kind === 'literal') return decodeLiteral(text) === segment.text ? [] : undefined;
  const first = segment.literals[0] ?? '';
  const last = segment.literals.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
  const end = text.length - last.length;
  const values: string[] = [];
  let at = first.length;
  for (const literal of segment.literals.slice(1, -1)) {
    // A parameter has at least one character.
    const found = text.indexOf(literal, at + 1);
    if (found < 0 || found >= end) return undefined;
    values.push(text.slice(at, found));
    at = found + literal.length;
  }
  if (at >= end) return undefined;
  return [...values, text.slice(at, end)];
}
