import type { AnyNode, Program } from 'acorn';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** Loops that nothing in them can end, and those that only burn time until a clock says otherwise. */
export function checkLoops(program: Program): Finding[] {
  const found: Finding[] = [];
  const check = (node: AnyNode, test: AnyNode | null | undefined, body: AnyNode): void => {
    const isAlways = !test || (test.type === 'Literal' && Boolean(test.value));
    if (!isAlways || canLeave(body)) return;
    const message = 'a loop without an end';
    const fix = 'Bound it, or leave it by break, return or throw.';
    found.push({ rule: 'endless-loop', severity: 'error', message, fix, at: node.loc?.start ?? START });
  };
  const checkWaiting = (node: AnyNode, test: AnyNode | null | undefined): void => {
    if (!test || !readsClock(test)) return;
    const message = 'waits by burning time';
    const fix = 'Use `setTimeout` of `node:timers/promises`, with a bound.';
    found.push({ rule: 'endless-loop', severity: 'error', message, fix, at: node.loc?.start ?? START });
  };
  walk(program, {
    WhileStatement: (node) => {
      check(node, node.test, node.body);
      checkWaiting(node, node.test);
    },
    DoWhileStatement: (node) => {
      check(node, node.test, node.body);
      checkWaiting(node, node.test);
    },
    ForStatement: (node) => {
      check(node, node.test, node.body);
      checkWaiting(node, node.test);
    },
  });
  return found;
}

/** Whether a condition asks what time it is. */
function readsClock(test: AnyNode): boolean {
  let reads = false;
  walk(test, {
    CallExpression: ({ callee }) => {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const { object, property } = callee;
      const isClock = object.type === 'Identifier' && /^(?:Date|performance)$/.test(object.name);
      if (isClock && property.name === 'now') reads = true;
    },
  });
  return reads;
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
