/** Words that mean the same to somebody who searches; the first of each row stands for all. */
const SAME: readonly (readonly string[])[] = [
  ['create', 'add', 'new', 'insert', 'make'],
  ['delete', 'remove', 'destroy', 'erase'],
  ['update', 'edit', 'change', 'modify', 'set', 'patch'],
  ['get', 'fetch', 'show', 'read', 'find', 'lookup', 'retrieve'],
  ['list', 'all'],
  ['search', 'query'],
  ['user', 'person', 'account', 'member'],
  ['repository', 'repo'],
  ['organization', 'org', 'organisation'],
  ['pr', 'pullrequest'],
  ['viewer', 'me', 'my', 'myself', 'i', 'current', 'authenticated', 'whoami'],
];
const STANDS_FOR = new Map(
  SAME.flatMap(([first = '', ...others]) => others.map((word) => [word, first] as const)),
);
const SILENT = new Set(
  'a an the of for to in on by with and or is are am be as at from this that it its if can which who whose will not given'.split(
    ' ',
  ),
);

function stem(word: string): string {
  const singular =
    word.length > 3 && /[^su]s$/.test(word) ? word.replace(/ies$/, 'y').replace(/s$/, '') : word;
  const plain = singular.length > 5 ? singular.replace(/(?:ing|ed|(?<=.{5})er)$/, '') : singular;
  return STANDS_FOR.get(word) ?? STANDS_FOR.get(singular) ?? plain;
}

/** Words of a name or a text as search compares them: `closeIssues` and `closing an issue` alike. */
export function searchWords(text: string): string[] {
  return text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !SILENT.has(word))
    .map(stem);
}
