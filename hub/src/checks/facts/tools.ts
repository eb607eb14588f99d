import { instructionIn } from '@counterpart/scaffolds/readers/openapi/text/instructions';
import type { Diagnostic, ToolDefinition } from '@counterpart/schemas';

/** Longest definition of one tool, as JSON; a model reads all of it in every conversation. */
const LONGEST = 40_000;
const FILE = 'tools.json';

/**
 * What may not stand in tools as a program lists them: texts that were put together while it ran are seen here for the first
 * time. Every text counts, names of members and values of enums included: models read them all.
 */
export function scanTools(tools: readonly ToolDefinition[]): Diagnostic[] {
  return tools.flatMap((tool, at): Diagnostic[] => {
    const place = { file: FILE, line: at + 1, column: 1, severity: 'error' } as const;
    const length = JSON.stringify(tool).length;
    if (length > LONGEST)
      return [
        {
          ...place,
          rule: 'too-long',
          message: `${tool.name} is defined in ${length} characters, more than the ${LONGEST} that a model is given`,
          fix: 'Describe it in a paragraph.',
        },
      ];
    const reason = textsOf(tool)
      .map(instructionIn)
      .find((found) => found !== undefined);
    if (reason === undefined) return [];
    const message = `a text of ${tool.name} ${reason}`;
    return [
      {
        ...place,
        rule: 'instructions',
        message,
        fix: 'Say what the tool does, and nothing to who reads it.',
      },
    ];
  });
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsOf(member)]);
}
