import { parse, type Program } from 'acorn';
import { transformSync } from 'amaro';
import { z } from 'zod';
import { START, type Finding } from './finding.ts';

export interface SourceFile {
  /** Relative to the server's folder. */
  readonly file: string;
  readonly text: string;
}

/**
 * The syntax tree of TypeScript without its types, which are replaced by blanks: every place is that of the text.
 * Answers a finding when it cannot be read.
 */
export function parseSource({ text }: SourceFile): Program | Finding {
  if (isTooDeep(text)) return { ...SYNTAX, message: `is nested more than ${MAX_DEPTH} deep`, at: START };
  try {
    const { code } = transformSync(text, { mode: 'strip-only' });
    return parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      locations: true,
      ranges: true,
      allowHashBang: true,
    });
  } catch (error) {
    return { ...SYNTAX, ...describe(error) };
  }
}

const SYNTAX = {
  rule: 'syntax',
  severity: 'error',
  fix: 'Write erasable TypeScript: no enum, no namespace, no parameter property.',
} as const;

/** Beyond any code that people write; parsers run out of stack some thousands above. */
const MAX_DEPTH = 200;

/** Counts brackets wherever they stand: a text full of them counts too, and is none of a tool's. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[([{)\]}]/g)) {
    depth += '([{'.includes(bracket) ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** What takes the types away throws an object of its own, the parser an error with a place. */
const Stripping = z.object({ message: z.string(), startLine: z.number(), startColumn: z.number() });
const Parsing = z.object({
  message: z.string(),
  loc: z.object({ line: z.number(), column: z.number() }),
});

function describe(error: unknown): Pick<Finding, 'at' | 'message'> {
  const stripping = Stripping.safeParse(error);
  if (stripping.success) {
    const { message, startLine, startColumn } = stripping.data;
    return { message, at: { line: startLine, column: startColumn } };
  }
  const parsing = Parsing.safeParse(error);
  if (parsing.success) return { message: parsing.data.message, at: parsing.data.loc };
  return { message: error instanceof Error ? error.message : 'cannot be read', at: { line: 1, column: 0 } };
}
