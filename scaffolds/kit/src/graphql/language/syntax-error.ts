/** Text that is not GraphQL; `at` is the offset of what was found, in UTF-16 units. */
export class GraphqlSyntaxError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'GraphqlSyntaxError';
    this.at = at;
  }
}

/** An offset of a text as `line 3, column 5`, both 1-based. */
export function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split(/\r\n|\r|\n/);
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
