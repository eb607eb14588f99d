import type { Program } from 'acorn';
import type { Diagnostic } from '@counterpart/schemas';
import type { Finding } from './finding.ts';
import { parseSource, type SourceFile } from './parse.ts';
import { checkDecoded } from './rules/decoded.ts';
import { checkSharedObjects } from './rules/globals-changed.ts';
import { checkGlobals } from './rules/globals.ts';
import { checkHidden } from './rules/hidden.ts';
import { checkHosts } from './rules/hosts.ts';
import { checkImports, isTestFile } from './rules/imports.ts';
import { checkInstructions } from './rules/instructions.ts';
import { checkLoops } from './rules/loops.ts';
import { checkMembers } from './rules/members.ts';
import { checkSuppressions } from './rules/suppressions.ts';

/** Longest file that is read; code of a tool is a page or three. */
const MAX_CHARACTERS = 200_000;

/**
 * What may not stand in code of a server, in the order of the text. A scan can be fooled: it refuses the clear cases
 * and tells an honest author what to write; the sandbox is the wall.
 */
export function scanCode(files: readonly SourceFile[]): Diagnostic[] {
  return files.flatMap((source) =>
    findingsOf(source)
      .map(({ at, ...finding }): Diagnostic => ({
        file: source.file,
        line: at.line,
        column: at.column + 1,
        ...finding,
      }))
      .toSorted((a, b) => a.line - b.line || a.column - b.column),
  );
}

function findingsOf(source: SourceFile): Finding[] {
  if (source.text.length > MAX_CHARACTERS) return [tooLong(source)];
  const parsed = parseSource(source);
  if ('rule' in parsed) return [parsed];
  return isTestFile(source.file) ? ofTest(parsed, source) : ofCode(parsed, source);
}

const ofCode = (program: Program, { file, text }: SourceFile): Finding[] => [
  ...checkImports(program, file),
  ...checkGlobals(program),
  ...checkMembers(program),
  ...checkSharedObjects(program),
  ...checkHidden(program, text),
  ...checkDecoded(program),
  ...checkHosts(program),
  ...checkInstructions(program),
  ...checkLoops(program),
  ...checkSuppressions(text),
];

/** A test may hold hostile texts to try them; it may reach no further than what it tests. */
const ofTest = (program: Program, { file, text }: SourceFile): Finding[] => [
  ...checkImports(program, file),
  ...checkGlobals(program),
  ...checkMembers(program),
  ...checkHidden(program, text),
  ...checkSuppressions(text),
];

const tooLong = ({ text }: SourceFile): Finding => ({
  rule: 'too-long',
  severity: 'error',
  message: `has ${text.length} characters, more than the ${MAX_CHARACTERS} that are read`,
  fix: 'Split it.',
  at: { line: 1, column: 0 },
});
