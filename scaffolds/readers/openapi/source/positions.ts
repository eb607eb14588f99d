import { isMap, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { pointerSteps } from './json-tree.ts';

/** Finding a line means reading the text again, so longer texts go without. */
const MAX_YAML_CHARS = 1_000_000;
const MAX_JSON_CHARS = 16_000_000;
/** Each line of JSON is found by a scan from the start; a document with this many losses has other troubles. */
const MAX_SCANNED_CHARS = 200_000_000;

/** Makes a function that gives the 1-based line of a pointer; nothing is read before the first call. */
export function createLineFinder(text: string, isJson: boolean): (pointer: string) => number | undefined {
  if (isJson) return jsonLineFinder(text);
  let positions: { contents: unknown; lines: LineCounter } | undefined;
  return (pointer) => {
    const steps = pointerSteps(pointer);
    if (steps === undefined || text.length > MAX_YAML_CHARS) return undefined;
    if (positions === undefined) {
      const lines = new LineCounter();
      const options = {
        lineCounter: lines,
        schema: 'core',
        merge: true,
        strict: false,
        uniqueKeys: false,
        logLevel: 'silent',
      } as const;
      positions = { contents: parseDocument(text, options).contents, lines };
    }
    const offset = yamlOffset(positions.contents, steps);
    return offset === undefined ? undefined : positions.lines.linePos(offset).line;
  };
}

/** Offset of what a pointer names, or of the last step of it that is there. */
function yamlOffset(contents: unknown, steps: readonly string[]): number | undefined {
  let at: unknown = contents;
  let offset: number | undefined = 0;
  for (const step of steps) {
    if (isMap<Node, Node>(at)) {
      const pair = at.items.find(({ key }) => String(key) === step);
      if (pair === undefined) return offset;
      offset = pair.key.range?.[0];
      at = pair.value;
    } else if (isSeq<Node>(at)) {
      const item: Node | undefined = at.items[Number(step)];
      offset = item?.range?.[0] ?? offset;
      at = item;
    } else return offset;
  }
  return offset;
}

function jsonLineFinder(text: string): (pointer: string) => number | undefined {
  const found = new Map<string, number | undefined>();
  let scanned = 0;
  return (pointer) => {
    const steps = pointerSteps(pointer);
    if (steps === undefined || text.length > MAX_JSON_CHARS) return undefined;
    if (!found.has(pointer)) {
      if (scanned > MAX_SCANNED_CHARS) return undefined;
      const offset = jsonOffset(text, steps);
      scanned += offset ?? text.length;
      found.set(pointer, offset === undefined ? undefined : lineAt(text, offset));
    }
    return found.get(pointer);
  };
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Offset of the key or item a pointer names, or of the last step of it that is there, in text that is known to be JSON. */
function jsonOffset(text: string, steps: readonly string[]): number | undefined {
  const scan = createScanner(text);
  let offset = scan.skipBlank(0);
  let start = offset;
  for (const step of steps) {
    const next = text[offset] === '{' ? scan.findKey(offset, step) : scan.findItem(offset, Number(step));
    if (next === undefined) return start;
    start = next.start;
    offset = next.value;
  }
  return start;
}

interface Found {
  readonly start: number;
  readonly value: number;
}

function createScanner(text: string) {
  const skipBlank = (from: number): number => {
    let at = from;
    while (at < text.length && ' \t\r\n,:'.includes(text[at] ?? '')) at += 1;
    return at;
  };
  const skipText = (from: number): number => {
    let at = from + 1;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return at + 1;
  };
  const skipValue = (from: number): number => {
    let depth = 0;
    let at = from;
    while (at < text.length) {
      const char = text[at] ?? '';
      if (char === '"') at = skipText(at);
      else {
        if (depth === 0 && ',}] \t\r\n'.includes(char)) return at;
        if (char === '{' || char === '[') depth += 1;
        if (char === '}' || char === ']') depth -= 1;
        at += 1;
      }
      if (depth === 0 && '}]"'.includes(char)) return at;
    }
    return at;
  };
  const findKey = (open: number, key: string): Found | undefined => {
    for (let at = skipBlank(open + 1); at < text.length && text[at] !== '}'; at = skipBlank(skipValue(at))) {
      const end = skipText(at);
      const value = skipBlank(end);
      if (text.slice(at, end) === JSON.stringify(key)) return { start: at, value };
      at = value;
    }
    return undefined;
  };
  const findItem = (open: number, index: number): Found | undefined => {
    let seen = 0;
    for (let at = skipBlank(open + 1); at < text.length && text[at] !== ']'; at = skipBlank(skipValue(at))) {
      if (seen === index) return { start: at, value: at };
      seen += 1;
    }
    return undefined;
  };
  return { skipBlank, findKey, findItem };
}
