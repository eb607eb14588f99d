import type { AnyNode, Expression, MemberExpression, PrivateIdentifier, Program } from 'acorn';
import { constantText, givenIn, type Given } from '../constant-text.ts';
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
  'getOwnPropertyDescriptor',
  'getOwnPropertyDescriptors',
  'getOwnPropertyNames',
  'getPrototypeOf',
  'mainModule',
  'ownKeys',
  'prepareStackTrace',
  'setPrototypeOf',
]);

const FIX = 'Write what it is for directly; no tool needs to go through the objects of the language.';

/** Ways to the makers of functions and to the inside of Node, also when the name is put together from pieces. */
export function checkMembers(program: Program): Finding[] {
  const found: Finding[] = [];
  const given = givenIn(program);
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
      const name = nameOf(node, given);
      if (name !== undefined) add(name, node.property);
      if (name === 'url') asked.add(node.object);
    },
    MetaProperty: (node) => {
      if (node.meta.name === 'import' && !asked.has(node)) addMeta(node);
    },
    // `const { constructor: F } = value`
    ObjectPattern: ({ properties }) => {
      for (const property of properties) {
        if (property.type === 'Property') add(keyOf(property, given) ?? '', property);
      }
    },
    // `Reflect.get(value, 'constructor')` and its like
    CallExpression: ({ arguments: passed }) => {
      for (const argument of passed) {
        const text = argument.type === 'SpreadElement' ? undefined : constantText(argument, given);
        if (text !== undefined) add(text, argument);
      }
    },
  });
  return found;
}

const nameOf = ({ property, computed }: MemberExpression, given: Given): string | undefined =>
  keyOf({ key: property, computed }, given);

interface Key {
  readonly key: Expression | PrivateIdentifier;
  readonly computed: boolean;
}

function keyOf({ key, computed }: Key, given: Given): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'PrivateIdentifier' ? undefined : constantText(key, given);
}
