const MOST_CHARACTERS = 60;

/** A value as an error message shows it: short, one line; `nothing` when it is absent. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  if (text.length <= MOST_CHARACTERS) return text;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return `${text.slice(0, MOST_CHARACTERS)}…`;
}
