const LONGEST_COMMENT = 200;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A name as it stands in an object type: bare where that is allowed, else as a string. */
export const propertyName = (name: string): string => (IDENTIFIER.test(name) ? name : quoted(name));

/** A string literal in ASCII: no text of a description ends it, starts a comment or breaks the line. */
export const quoted = (text: string): string =>
  JSON.stringify(text)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\u002f');

/** A description as a comment on one line, with a blank after it; empty when there is none. Cannot be ended from inside. */
export function commentText(description: unknown, longest = LONGEST_COMMENT): string {
  if (typeof description !== 'string') return '';
  const line = description
    .slice(0, longest * 4)
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
  if (line === '') return '';
  const cut = line.length > longest ? `${line.slice(0, longest).trimEnd()}…` : line;
  return `/** ${cut.replace(/\*(?=\/)|\/(?=\*)/g, '$& ')} */ `;
}
