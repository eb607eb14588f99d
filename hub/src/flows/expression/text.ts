import { ExpressionError, parseExpression, type Expression } from './parse.ts';

/** Words as they are, or an expression whose value stands there. */
export type TextPart = string | Expression;

/** Texts of flows come again for every item and run. */
const known = new Map<string, readonly TextPart[]>();
const MOST_KNOWN = 2_000;

/**
 * Takes a text of a flow apart at its `${…}`; `$${` is meant literally. A text that is one expression has one part. Throws
 * ExpressionError.
 */
export function partsOf(text: string): readonly TextPart[] {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parts = takeApart(text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, parts);
  return parts;
}

/** A condition, or the list of a `forEach`: an expression, with or without `${…}` around it. Throws ExpressionError. */
export function bareExpression(text: string): Expression {
  const trimmed = text.trim();
  const parts = trimmed.startsWith('${') ? partsOf(trimmed) : undefined;
  const [only] = parts ?? [];
  if (parts?.length === 1 && only !== undefined && typeof only !== 'string') return only;
  if (trimmed.includes('${'))
    throw new ExpressionError(`"${trimmed}" has to be one expression, with \${…} around all of it or none`);
  return parseExpression(trimmed);
}

function takeApart(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let words = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('$${', at)) {
      words += '${';
      at += 3;
    } else if (text.startsWith('${', at)) {
      const end = endOf(text, at + 2);
      if (words !== '') parts.push(words);
      words = '';
      parts.push(parseExpression(text.slice(at + 2, end)));
      at = end + 1;
    } else {
      words += text[at];
      at += 1;
    }
  }
  if (words !== '' || parts.length === 0) parts.push(words);
  return parts;
}

/** Where the brace is that closes; one in quotes closes nothing. */
function endOf(text: string, from: number): number {
  let quote: string | undefined;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (quote !== undefined) {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = undefined;
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '}') return at;
  }
  throw new ExpressionError(`\${ is not closed in "${text.slice(from - 2, from + 40)}"`);
}
