import type { AnyNode, Program } from 'acorn';
import { ALLOWED_GLOBALS } from '../allowed.ts';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

const CHANGERS = new Set(['assign', 'defineProperties', 'defineProperty', 'set', 'deleteProperty', 'freeze']);
const FIX = 'Keep values of your own; what all code shares stays as it is.';

/** Changes of what all code of the process shares: `Array.prototype.map = …`, `Object.assign(JSON, …)`. */
export function checkSharedObjects(program: Program): Finding[] {
  const found: Finding[] = [];
  const add = (node: AnyNode, name: string): void => {
    const message = `changes ${name}, which all code of the process shares`;
    found.push({ rule: 'global', severity: 'error', message, fix: FIX, at: node.loc?.start ?? START });
  };
  const check = (target: AnyNode, at: AnyNode): void => {
    const name = target.type === 'MemberExpression' ? sharedRoot(target.object) : undefined;
    if (name !== undefined) add(at, name);
  };
  walk(program, {
    AssignmentExpression: (node) => check(node.left, node),
    UpdateExpression: (node) => check(node.argument, node),
    UnaryExpression: (node) => node.operator === 'delete' && check(node.argument, node),
    CallExpression: (node) => {
      const { callee } = node;
      const [first] = node.arguments;
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      if (!CHANGERS.has(callee.property.name) || first === undefined) return;
      const isReflecting =
        callee.object.type === 'Identifier' && /^(?:Object|Reflect)$/.test(callee.object.name);
      const name = isReflecting ? sharedRoot(first) : undefined;
      if (name !== undefined) add(node, name);
    },
  });
  return found;
}

/** `Array` of `Array.prototype.map`; names that a file declares itself are lower-case by custom and not meant. */
function sharedRoot(node: AnyNode): string | undefined {
  let at = node;
  while (at.type === 'MemberExpression') at = at.object;
  return at.type === 'Identifier' && /^[A-Z]/.test(at.name) && ALLOWED_GLOBALS.has(at.name)
    ? at.name
    : undefined;
}
