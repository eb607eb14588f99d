import { yamlIntegers } from '@counterpart/scaffolds/readers/yaml-integers';
import type { FileIssue } from '@counterpart/schemas';
import { inDigits } from '@counterpart/schemas/exact-json';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

export type Path = readonly (string | number)[];

/**
 * Line of what stands at a path, or of the nearest thing around it; of a line of a text that stands there, as far as the file has
 * its lines one by one.
 */
export type LineOf = (path: Path, line?: number) => number;

/** A file that its owner wrote, as it was read. */
export interface ReadFile<T> {
  /** Undefined when it does not fit. */
  readonly value: T | undefined;
  readonly issues: readonly FileIssue[];
  readonly lineOf: LineOf;
}

export interface YamlSource {
  /** As issues name it. */
  readonly file: string;
  readonly text: string;
  /** Lines of the file before the text. */
  readonly linesBefore?: number;
}

/** `nodes.fetch.arguments[0]`. */
export const pathText = (path: Path): string =>
  path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');

/** Reads YAML by a schema; every issue has the line of its place. Never throws: aliases that grow without bound are an issue too. */
export function readYaml<T>({ file, text, linesBefore = 0 }: YamlSource, schema: z.ZodType<T>): ReadFile<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, customTags: yamlIntegers(inDigits) });
  const lineOf: LineOf = (path, line) =>
    linesBefore + (lineWithin(document, lines, path, line) ?? lineAt(document, lines, path));
  const issue = (line: number, path: Path, words: Pick<FileIssue, 'message' | 'fix'>): FileIssue => ({
    file,
    line,
    path: pathText(path),
    severity: 'error',
    ...words,
  });
  const broken = document.errors.map(({ message, linePos }) =>
    issue(linesBefore + (linePos?.[0].line ?? 1), [], {
      message: (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''),
      fix: 'Mend the YAML there; texts with `: ` or `#` in them are quoted.',
    }),
  );
  // One mistake is often found at several places of its line.
  const mistakes = broken.filter(({ line }, at) => broken.findIndex((other) => other.line === line) === at);
  if (mistakes.length > 0) return { value: undefined, issues: mistakes, lineOf };
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return {
      value: undefined,
      issues: [issue(linesBefore + 1, [], { message, fix: 'Write it out without aliases.' })],
      lineOf,
    };
  }
  const parsed = schema.safeParse(plain);
  if (parsed.success) return { value: parsed.data, issues: [], lineOf };
  const issues = parsed.error.issues.flatMap((one) => {
    const path = one.path.filter((key) => typeof key !== 'symbol');
    if (one.code !== 'unrecognized_keys') return [issue(lineOf(path), path, wordsOf(one))];
    return one.keys.map((key) =>
      issue(lineOf([...path, key]), [...path, key], {
        message: `there is no member ${key} here`,
        fix: 'Take it out, or mend its name.',
      }),
    );
  });
  return { value: undefined, issues, lineOf };
}

const wordsOf = ({ message }: z.core.$ZodIssue): Pick<FileIssue, 'message' | 'fix'> => ({
  message: message.replace(/^Invalid input: /, ''),
  fix: 'Write there what is expected.',
});

/** Line of the key that a path ends with, or of the item of a list. */
function lineAt(document: Document.Parsed, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const around = document.getIn(path.slice(0, length - 1), true);
    const key = isMap(around)
      ? around.items.find((pair) => isNamed(pair.key, path[length - 1]))?.key
      : undefined;
    const node = key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** Of other texts, lines are joined when they are read. */
function lineWithin(
  document: Document.Parsed,
  lines: LineCounter,
  path: Path,
  line: number | undefined,
): number | undefined {
  const node = line === undefined ? undefined : document.getIn(path, true);
  if (line === undefined || !isScalar(node) || node.type !== 'BLOCK_LITERAL' || !node.range) return undefined;
  return lines.linePos(node.range[0]).line + line;
}

const isNamed = (key: unknown, name: string | number | undefined): boolean =>
  isScalar(key) && String(key.value) === String(name);
