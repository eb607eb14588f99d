import type { AnyNode, Program } from 'acorn';
import { constantText, givenIn, spelledBy } from '../constant-text.ts';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** What reads a text out of something else. */
const DECODERS = /^(?:atob|decodeURIComponent|decodeURI|fromCharCode|fromCodePoint)$/;
/** What nobody writes as a list of numbers for its own sake. */
const TELLING = /:\/\/|node:|process|require|constructor|\beval\b|__proto__|[a-z]\.[a-z]{2,}/i;
/** Shorter ones are signs, such as a line feed. */
const SHORTEST = 4;

/** Texts that are known and yet only read when the code runs: addresses and names that a reader should not see. */
export function checkDecoded(program: Program): Finding[] {
  const found: Finding[] = [];
  const given = givenIn(program);
  const add = (node: AnyNode, text: string): void => {
    const message = `spells ${JSON.stringify(text.slice(0, 60))} in a code`;
    const fix = 'Write what it says.';
    found.push({ rule: 'hidden-text', severity: 'error', message, fix, at: node.loc?.start ?? START });
  };
  walk(program, {
    CallExpression: (node) => {
      if (!isDecoder(node.callee)) return;
      const text = constantText(node, given);
      if (text !== undefined && text.length >= SHORTEST) add(node, text);
    },
    ArrayExpression: (node) => {
      const text = spelledBy(node.elements);
      if (text !== undefined && TELLING.test(text)) add(node, text);
    },
  });
  return found;
}

function isDecoder(callee: AnyNode): boolean {
  if (callee.type === 'Identifier') return DECODERS.test(callee.name);
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  const isBuffer = callee.object.type === 'Identifier' && callee.object.name === 'Buffer';
  return isBuffer ? callee.property.name === 'from' : DECODERS.test(callee.property.name);
}
