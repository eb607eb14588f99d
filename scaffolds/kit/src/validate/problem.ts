import { describeFound } from './found.ts';

export type Path = readonly (string | number)[];

/** One place where a value does not fit its schema. */
export interface Problem {
  readonly path: Path;
  /** Keyword of JSON Schema that failed. */
  readonly keyword: string;
  /** What would have fitted, as words that follow the place: `expected integer`. */
  readonly expected: string;
  readonly found: unknown;
}

/** `body.items[2].name`; the root is `(arguments)`. */
export function pathText(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return text === '' ? '(arguments)' : text.replace(/^\./, '');
}

/** One line a model can act on: `body.amount: expected integer, got "12a"`. */
export function problemText({ path, keyword, expected, found }: Problem): string {
  if (keyword === 'required' || keyword === 'unknown') return `${pathText(path)}: ${expected}`;
  return `${pathText(path)}: ${expected}, got ${describeFound(found)}`;
}
