import type { Program } from 'acorn';
import { instructionIn } from '@counterpart/scaffolds/readers/openapi/text/instructions';
import { constantText, givenIn } from '../constant-text.ts';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** Texts of a tool that speak to the model which reads its description. */
export function checkInstructions(program: Program): Finding[] {
  const found: Finding[] = [];
  const given = givenIn(program);
  const check = (text: string, at: Finding['at'] | undefined): void => {
    const reason = instructionIn(text);
    if (reason === undefined) return;
    const message = `a text ${reason}`;
    const fix = 'Say what the tool does, and nothing to who reads it.';
    found.push({ rule: 'instructions', severity: 'error', message, fix, at: at ?? START });
  };
  walk(program, {
    Literal: ({ value, loc }) => typeof value === 'string' && check(value, loc?.start),
    TemplateElement: ({ value, loc }) => check(value.cooked ?? value.raw, loc?.start),
    // What only its pieces together say.
    BinaryExpression: (node) => check(constantText(node, given) ?? '', node.loc?.start),
    CallExpression: (node) => check(constantText(node, given) ?? '', node.loc?.start),
  });
  return found;
}
