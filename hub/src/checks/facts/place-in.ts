/** Where a text first stands in a JSON file, as line and column from 1; its beginning when it is written otherwise there. */
export function placeIn(json: string, text: string): { readonly line: number; readonly column: number } {
  const at = json.indexOf(JSON.stringify(text).slice(1, -1));
  if (at < 0 || text === '') return { line: 1, column: 1 };
  const before = json.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
