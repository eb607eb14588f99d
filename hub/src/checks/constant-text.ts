import type { AnyNode, Program } from 'acorn';
import { walk } from './walk.ts';

/** What names of a file were first given, where that can be read off the text. */
export type Given = ReadonlyMap<string, AnyNode>;

/** Deeper than any honest text is put together. */
const MAX_DEPTH = 12;

/** First values of the variables that a program declares by plain names. */
export function givenIn(program: Program): Given {
  const given = new Map<string, AnyNode>();
  walk(program, {
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier' && init && !given.has(id.name)) given.set(id.name, init);
    },
  });
  return given;
}

/** The text of an expression that is written in a roundabout way: in pieces, turned around, joined, encoded. */
export const constantText = (node: AnyNode, given: Given = NOTHING): string | undefined =>
  textOf(node, { given, depth: 0 });

const NOTHING: Given = new Map();

interface Reading {
  readonly given: Given;
  readonly depth: number;
}

function textOf(node: AnyNode, reading: Reading): string | undefined {
  if (reading.depth > MAX_DEPTH) return undefined;
  const inside = { ...reading, depth: reading.depth + 1 };
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'CallExpression') return textOfCall(node, inside);
  if (node.type === 'BinaryExpression' && node.operator === '+')
    return concat([textOf(node.left, inside), textOf(node.right, inside)]);
  if (node.type === 'Identifier') {
    const value = reading.given.get(node.name);
    return value && textOf(value, inside);
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  const holes = node.expressions.map((hole) => textOf(hole, inside));
  return concat(
    node.quasis.flatMap(({ value }, at) => [value.cooked ?? '', at < holes.length ? holes[at] : '']),
  );
}

type Call = Extract<AnyNode, { type: 'CallExpression' }>;

function textOfCall(call: Call, reading: Reading): string | undefined {
  const [first] = call.arguments;
  const argument = first === undefined ? undefined : textOf(first, reading);
  const decoded = decodedText(call, argument);
  if (decoded !== undefined) return decoded;
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined;
  const { name } = callee.property;
  if (name === 'join') return listOf(callee.object, reading)?.join(argument ?? (first ? undefined : ','));
  if (name === 'toString') return textOf(callee.object, reading);
  const text = textOf(callee.object, reading);
  if (text === undefined) return undefined;
  if (name === 'concat') return concat([text, ...call.arguments.map((part) => textOf(part, reading))]);
  if (/^replace(?:All)?$/.test(name)) return replaced(call, text, reading);
  return PLAIN_METHODS[name]?.(text);
}

const PLAIN_METHODS: Readonly<Record<string, (text: string) => string>> = {
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
  normalize: (text) => text.normalize('NFKC'),
};

function replaced(call: Call, text: string, reading: Reading): string | undefined {
  const [from, to] = call.arguments.map((part) => textOf(part, reading));
  return from === undefined || to === undefined ? undefined : text.replaceAll(from, to);
}

/** `atob('…')`, `Buffer.from('…', 'hex')`, `String.fromCharCode(…)`, `decodeURIComponent('%…')`. */
function decodedText(call: Call, argument: string | undefined): string | undefined {
  const { callee } = call;
  const spelled = characters(call);
  if (spelled !== undefined) return spelled;
  if (argument === undefined) return undefined;
  if (callee.type === 'Identifier') {
    if (callee.name === 'atob') return Buffer.from(argument, 'base64').toString('latin1');
    return callee.name === 'decodeURIComponent' ? unescaped(argument) : undefined;
  }
  if (!isMember(callee, 'Buffer', 'from')) return undefined;
  const encoding = call.arguments[1];
  const name = encoding?.type === 'Literal' ? String(encoding.value) : '';
  return /^(?:base64|base64url|hex|latin1|ascii)$/.test(name)
    ? Buffer.from(argument, name as BufferEncoding).toString('utf8') // One of the names above.
    : undefined;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function characters({ callee, arguments: given }: Call): string | undefined {
  if (!isMember(callee, 'String', 'fromCharCode') && !isMember(callee, 'String', 'fromCodePoint'))
    return undefined;
  const [only] = given;
  const codes =
    only?.type === 'SpreadElement' && only.argument.type === 'ArrayExpression'
      ? only.argument.elements
      : given;
  return spelledBy(codes);
}

/** The text that a list of numbers spells; undefined when it holds anything else. */
export function spelledBy(codes: readonly (AnyNode | null)[]): string | undefined {
  const numbers = codes.map((code) =>
    code?.type === 'Literal' && typeof code.value === 'number' ? code.value : NaN,
  );
  const isText = numbers.length > 0 && numbers.every((code) => code >= 9 && code < 0x10ffff);
  return isText ? String.fromCodePoint(...numbers.map(Math.trunc)) : undefined;
}

const isMember = (node: AnyNode, object: string, name: string): boolean =>
  node.type === 'MemberExpression' &&
  node.object.type === 'Identifier' &&
  node.object.name === object &&
  node.property.type === 'Identifier' &&
  node.property.name === name;

/** Texts of a list: written out, split off a text, or one of these turned around. */
function listOf(node: AnyNode, reading: Reading): string[] | undefined {
  if (reading.depth > MAX_DEPTH) return undefined;
  const inside = { ...reading, depth: reading.depth + 1 };
  if (node.type === 'ArrayExpression') {
    const parts = node.elements.map((part) => (part === null ? '' : textOf(part, inside)));
    return parts.every((part) => part !== undefined) ? parts : undefined;
  }
  if (node.type === 'Identifier') {
    const value = reading.given.get(node.name);
    return value && listOf(value, inside);
  }
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined;
  const { object, property } = node.callee;
  const name = property.type === 'Identifier' ? property.name : '';
  if (/^(?:reverse|toReversed)$/.test(name)) return listOf(object, inside)?.toReversed();
  const [by] = node.arguments;
  const text = name === 'split' ? textOf(object, inside) : undefined;
  return text?.split(by === undefined ? '' : (textOf(by, inside) ?? ''));
}

const concat = (parts: readonly (string | undefined)[]): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join('');
