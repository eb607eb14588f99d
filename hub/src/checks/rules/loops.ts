import type { AnyNode, Program } from 'acorn';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** Loops that nothing in them can end. */
export function checkLoops(program: Program): Finding[] {
  const found: Finding[] = [];
  const check = (node: AnyNode, test: AnyNode | null | undefined, body: AnyNode): void => {
    const isAlways = !test || (test.type === 'Literal' && Boolean(test.value));
    if (!isAlways || canLeave(body)) return;
    const message = 'a loop without an end';
    const fix = 'Bound it, or leave it by break, return or throw.';
    found.push({ rule: 'endless-loop', severity: 'error', message, fix, at: node.loc?.start ?? START });
  };
  walk(program, {
    WhileStatement: (node) => check(node, node.test, node.body),
    DoWhileStatement: (node) => check(node, node.test, node.body),
    ForStatement: (node) => check(node, node.test, node.body),
  });
  return found;
}

function canLeave(body: AnyNode): boolean {
  let leaves = false;
  const leave = () => {
    leaves = true;
  };
  walk(body, {
    BreakStatement: leave,
    ReturnStatement: leave,
    ThrowStatement: leave,
    YieldExpression: leave,
  });
  return leaves;
}
