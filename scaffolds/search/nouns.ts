/** Words of an identifier or a text, lower case: `pullRequests`, `pull-requests` and `PULL_REQUESTS` alike. */
export const wordsOf = (text: string): string[] =>
  text
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\d]+/gu) ?? [];

/** The last word of a noun as one of many: `pull requests` → `pull request`. */
export function singular(noun: string): string {
  if (/(?:ss|us|is|news|series)$/.test(noun) || noun.length < 4) return noun;
  if (/[^aeiou]ies$/.test(noun)) return noun.replace(/ies$/, 'y');
  if (/(?:ss|sh|ch|x|z)es$/.test(noun)) return noun.slice(0, -2);
  if (noun.endsWith('people')) return `${noun.slice(0, -'people'.length)}person`;
  return noun.endsWith('s') ? noun.slice(0, -1) : noun;
}

/** The last word of a noun as many of it: `policy` → `policies`. */
export function plural(noun: string): string {
  const one = singular(noun);
  if (one !== noun) return noun;
  if (/[^aeiou]y$/.test(one)) return one.replace(/y$/, 'ies');
  if (/(?:s|sh|ch|x|z)$/.test(one)) return `${one}es`;
  return `${one}s`;
}
