import type { AnyNode, Expression, MemberExpression, PrivateIdentifier, Program } from 'acorn';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** Members through which code leaves what it was given, whatever the object. */
const WAYS_OUT = new Set([
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  'binding',
  '_linkedBinding',
  'callee',
  'caller',
  'constructor',
  'createRequire',
  'dlopen',
  'getBuiltinModule',
  'mainModule',
  'prepareStackTrace',
  'setPrototypeOf',
]);

const FIX = 'Write what it is for directly; no tool needs to go through the objects of the language.';

/** Ways to the makers of functions and to the inside of Node, also when the name is put together from pieces. */
export function checkMembers(program: Program): Finding[] {
  const found: Finding[] = [];
  /** Of what the own address was taken: the tree is walked from above. */
  const asked = new Set<AnyNode>();
  const add = (name: string, node: AnyNode): void => {
    if (!WAYS_OUT.has(name)) return;
    const message = `reaches for ${name}`;
    found.push({ rule: 'dynamic-code', severity: 'error', message, fix: FIX, at: node.loc?.start ?? START });
  };
  const addMeta = (node: AnyNode): void => {
    const message = 'asks how it is loaded (import.meta)';
    const fix = 'Leave it out; `import.meta.url` alone is allowed.';
    found.push({ rule: 'environment', severity: 'error', message, fix, at: node.loc?.start ?? START });
  };
  walk(program, {
    MemberExpression: (node) => {
      const name = nameOf(node);
      if (name !== undefined) add(name, node.property);
      if (name === 'url') asked.add(node.object);
    },
    MetaProperty: (node) => {
      if (node.meta.name === 'import' && !asked.has(node)) addMeta(node);
    },
    // `const { constructor: F } = value`
    ObjectPattern: ({ properties }) => {
      for (const property of properties) {
        if (property.type === 'Property') add(keyOf(property.key, property.computed) ?? '', property);
      }
    },
    // `Reflect.get(value, 'constructor')` and its like
    CallExpression: ({ arguments: given }) => {
      for (const argument of given) {
        const text = argument.type === 'SpreadElement' ? undefined : constantText(argument);
        if (text !== undefined) add(text, argument);
      }
    },
  });
  return found;
}

const nameOf = ({ property, computed }: MemberExpression): string | undefined => keyOf(property, computed);

function keyOf(key: Expression | PrivateIdentifier, computed: boolean): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'PrivateIdentifier' ? undefined : constantText(key);
}

/** The text of an expression that is only written in a roundabout way: `'con' + 'structor'`, a template, a join. */
function constantText(node: AnyNode): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'CallExpression') return joinedText(node.callee);
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    return concat([constantText(node.left), constantText(node.right)]);
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  const holes = node.expressions.map(constantText);
  return concat(
    node.quasis.flatMap(({ value }, at) => [value.cooked ?? '', at < holes.length ? holes[at] : '']),
  );
}

const concat = (parts: readonly (string | undefined)[]): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join('');

/** `['con', 'structor'].join('')`, and `'rotcurtsnoc'.split('').reverse().join('')` is left to the walls. */
function joinedText(callee: AnyNode): string | undefined {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'ArrayExpression') return undefined;
  return concat(callee.object.elements.map((part) => (part === null ? '' : constantText(part))));
}
