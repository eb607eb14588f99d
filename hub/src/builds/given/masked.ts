/** How often a word must come to be one of the file's own, such as a kind of record, and not one of the person's. */
const OFTEN = 3;
const WORD = /^[A-Za-z][A-Za-z_.]*$/;
const CELLS = /[,;\t|]/;

/** A character class for each character: what a value looks like, without what it says. */
const shapeOf = (text: string): string =>
  text
    .replace(/\p{Lu}/gu, 'A')
    .replace(/\p{Ll}|\p{Lo}/gu, 'a')
    .replace(/\p{Nd}/gu, '9');

/** Whether the first line names columns: words only, over lines of which some hold digits. */
function isHeader(line: string, next: readonly string[]): boolean {
  const cells = line.split(CELLS).map((cell) => cell.trim().replaceAll('"', ''));
  const hasNames = cells.length > 1 && cells.every((cell) => cell === '' || /^\p{L}[^\d]*$/u.test(cell));
  return hasNames && next.some((one) => one.split(CELLS).some((cell) => /^"?[-+$(]?\d/.test(cell.trim())));
}

/** What stands in quotes or between tags, also where the quote or the tag is on another line. */
const ATTRIBUTE = /(?<==\s*")[^"]*(?="|$)|(?<==\s*')[^']*(?='|$)|(?<==)[^\s"'<>]+|(?<=>)[^<]+(?=<|$)/g;
/** Of XML: words to whoever reads it, and text that no mark ends. */
const ASIDE = /(?<=<!--|<!\[CDATA\[)(?:(?!-->|\]\]>).)+/g;
const MEMBER = /"(?:[^"\\]|\\.)*(?:"(?:\s*:)?|$)|-?\d[\d.eE+-]*/g;

/**
 * Lines as a model may see them: names of elements, attributes, members and columns stay, as do words that come again and
 * again in XML and JSON; every other letter and digit only shows what it is. Lines of the same look are shown once.
 */
export function maskLines(given: readonly string[]): string[] {
  const lines = withoutDeclarations(given);
  const [first = ''] = lines;
  const head = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  const values = head.startsWith('<')
    ? ATTRIBUTE
    : /^[[{"]/.test(head) && !isTable(lines)
      ? MEMBER
      : undefined;
  const isNamed = values === undefined && isHeader(first, lines.slice(1, 6));
  const counts = new Map<string, number>();
  if (values !== undefined)
    for (const line of lines)
      for (const [value] of line.matchAll(values)) {
        const word = bare(value);
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
  const isKept = (value: string): boolean =>
    WORD.test(bare(value)) && (counts.get(bare(value)) ?? 0) >= OFTEN;
  const masked = lines.map((line, index) => {
    if (values === undefined) return isNamed && index === 0 ? line : shapeOf(line);
    const unless = (value: string): string => (isName(value) || isKept(value) ? value : shortened(value));
    return hasMarks(line, values) ? line.replace(ASIDE, shortened).replace(values, unless) : shortened(line);
  });
  const told = new Map<string, string>();
  for (const line of masked.map((one) => one.trimEnd())) {
    const look = line.replace(/9+/g, '9').replace(/A+/g, 'A').replace(/a+/g, 'a');
    if (line.trim() !== '' && !told.has(look)) told.set(look, line);
  }
  return [...told.values()];
}

/** A document type says how a file may be, at length; the file says how it is. */
function withoutDeclarations(lines: readonly string[]): string[] {
  let isInside = false;
  return lines.filter((line) => {
    const isDeclared = isInside || line.trim().startsWith('<!DOCTYPE');
    isInside = isDeclared && !/\]\s*>/.test(line) && (isInside || line.includes('['));
    return !isDeclared;
  });
}

const LONGEST_VALUE = 24;

function shortened(value: string): string {
  const shape = shapeOf(value);
  return shape.length > LONGEST_VALUE ? `${shape.slice(0, LONGEST_VALUE)}…` : shape;
}

/** Names of members, where texts of JSON are looked at; an address or a number as a name is data. */
const isName = (value: string): boolean => /^"[^"@]*"\s*:$/.test(value) && !/\d{4}/.test(value);

/** A line in the midst of a longer text has nothing that says where its values begin. */
const hasMarks = (line: string, values: RegExp): boolean =>
  values === ATTRIBUTE
    ? /^\s*(?:<|[\w:.-]+\s*=\s*["']|$)/.test(line)
    : /^\s*(?:["[\]{}]|-?\d|(?:true|false|null)\b|$)/.test(line);

const bare = (value: string): string => value.replace(/^"|"$/g, '');

/** Rows of quoted cells begin as JSON texts do. */
const isTable = (lines: readonly string[]): boolean =>
  /^"[^"]*"\s*[,;\t|]/.test(lines[0] ?? '') && !/^[[{]/.test(lines[0] ?? '');
