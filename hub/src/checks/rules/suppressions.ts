import { START, type Finding } from '../finding.ts';

/** Comments that take something out of a check's sight. */
const SUPPRESSIONS =
  /@ts-(?:ignore|expect-error|nocheck)\b|\b(?:eslint|oxlint|biome|prettier)-(?:disable|ignore)\b|\b(?:v8|c8|istanbul)\s+ignore\b|@vitest-environment\b|\/\/\/\s*<\s*(?:reference|amd)\b|@jsx(?:ImportSource|Runtime|Frag)?\b|#\s*sourceMappingURL\b/;

/** Comments by which code asks not to be checked. */
export function checkSuppressions(text: string): Finding[] {
  return text.split('\n').flatMap((line, at): Finding[] => {
    const found = SUPPRESSIONS.exec(line);
    if (!found || !/\/\/|\/\*|^\s*\*/.test(line)) return [];
    const message = `asks not to be checked (${found[0]})`;
    const fix = 'Take the comment out, and mend what it hides.';
    return [
      {
        rule: 'suppression',
        severity: 'error',
        message,
        fix,
        at: { ...START, line: at + 1, column: found.index },
      },
    ];
  });
}
