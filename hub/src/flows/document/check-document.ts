import type { FlowDocument, FlowNode } from '@counterpart/schemas';
import { didYouMean } from '../../kernel/nearest.ts';
import { isTrue } from '../expression/evaluate.ts';
import { ExpressionError } from '../expression/parse.ts';
import { referencesInText, referencesOf, textsIn, type Reference } from '../expression/references.ts';
import { bareExpression } from '../expression/text.ts';
import { inputSchemaOf } from './inputs.ts';
import { circleOf, kindOf, planOf, textsOfNode, type FlowPlan } from './plan.ts';
import type { Tell } from './tell.ts';

/** Members that only some kinds of nodes have. */
const MEMBERS: readonly (readonly [member: keyof FlowNode, kinds: readonly string[]])[] = [
  ['arguments', ['tool', 'prompt']],
  ['input', ['code']],
  ['model', ['prompt']],
  ['format', ['prompt']],
  ['temperature', ['prompt']],
  ['maxTokens', ['prompt']],
  ['tools', ['prompt']],
];

/** Tells what is wrong in a flow, whatever the hub has: its nodes, its expressions, and what waits for what. */
export function checkDocument(document: FlowDocument, tell: Tell): void {
  const told = { count: 0 };
  const counting: Tell = (...words) => {
    if (words[3] === undefined || words[3] === 'error') told.count += 1;
    tell(...words);
  };
  for (const [name, node] of Object.entries(document.nodes)) {
    checkMembers(name, node, counting);
    checkTexts(document, name, node, counting);
  }
  for (const { path, text } of textsIn(document.outputs, ['outputs']))
    checkText(text, { document, roots: ['inputs', 'nodes'], path, tell: counting });
  // Without a sound set of nodes, who waits for whom cannot be said.
  if (told.count > 0) return;
  checkOrder(document, counting);
}

function checkMembers(name: string, node: FlowNode, tell: Tell): void {
  const does = (['tool', 'code', 'prompt', 'messages'] as const).filter(
    (member) => node[member] !== undefined,
  );
  const at = ['nodes', name];
  if (does.length !== 1)
    return tell(
      at,
      does.length === 0 ? 'the node does nothing' : `the node has ${does.join(' and ')}`,
      'Give it exactly one of tool, code, prompt and messages.',
    );
  const kind = kindOf(node);
  for (const [member, kinds] of MEMBERS)
    if (node[member] !== undefined && !kinds.includes(kind))
      tell(
        [...at, member],
        `${member} has no meaning beside ${does[0]}`,
        `Take it out; it belongs to ${kinds.join(' and ')}.`,
      );
  if (node.messages !== undefined && node.arguments !== undefined)
    tell([...at, 'arguments'], 'arguments are those of a template', 'Write ${…} in the messages themselves.');
  if (node.concurrency !== undefined && node.forEach === undefined)
    tell([...at, 'concurrency'], 'there is no forEach that it could be of', 'Take it out.', 'warning');
}

function checkTexts(document: FlowDocument, name: string, node: FlowNode, tell: Tell): void {
  const at = ['nodes', name];
  const inList = node.forEach === undefined ? [] : ['item', 'index'];
  const roots = ['inputs', 'nodes', ...inList];
  for (const { path, text } of textsOfNode(node))
    checkText(text, { document, roots, path: [...at, ...path], own: name, tell });
  const { when, forEach } = node;
  if (when !== undefined)
    checkText(when, {
      document,
      roots: ['inputs', 'nodes'],
      path: [...at, 'when'],
      own: name,
      isBare: true,
      tell,
    });
  if (typeof forEach === 'string')
    checkText(forEach, {
      document,
      roots: ['inputs', 'nodes'],
      path: [...at, 'forEach'],
      own: name,
      isBare: true,
      tell,
    });
  for (const [index, other] of (node.after ?? []).entries())
    if (!Object.hasOwn(document.nodes, other))
      tell([...at, 'after', index], ...unknownNode(other, Object.keys(document.nodes)));
}

interface Checked {
  readonly document: FlowDocument;
  /** What a path may begin with here. */
  readonly roots: readonly string[];
  readonly path: readonly (string | number)[];
  /** The node that it stands in. */
  readonly own?: string;
  /** The whole text is one expression. */
  readonly isBare?: boolean;
  readonly tell: Tell;
}

function checkText(text: string, checked: Checked): void {
  const { path, tell, isBare = false } = checked;
  try {
    const references = isBare ? referencesOf(bareExpression(text)) : referencesInText(text);
    for (const reference of references) checkReference(reference, checked);
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    tell(
      path,
      cause.message,
      'Write paths, literals, == != < > in && || ! ??; for anything else there is code.',
    );
  }
}

function checkReference({ root, steps }: Reference, { document, roots, path, own, tell }: Checked): void {
  if (!roots.includes(root)) {
    const isItem = root === 'item' || root === 'index';
    return tell(
      path,
      isItem ? `${root} is only there beside forEach` : `${root} is not there.${didYouMean(root, roots)}`,
      `Begin with ${roots.join(', ')}.`,
    );
  }
  if (root === 'inputs') return checkInput(steps, document, { path, tell });
  if (root !== 'nodes') return;
  const [name, member] = steps;
  if (typeof name !== 'string')
    return tell(path, 'a node is missing after nodes', 'Write nodes.<name>.output.');
  if (!Object.hasOwn(document.nodes, name))
    return tell(path, ...unknownNode(name, Object.keys(document.nodes)));
  if (name === own)
    return tell(path, `${name} refers to itself`, 'Refer to another node, or to item within a list.');
  if (member !== 'output' && member !== 'state')
    tell(
      path,
      `nodes.${name} has only output and state`,
      `Write nodes.${name}.output${member === undefined ? '' : `.${member}`}.`,
    );
}

function checkInput(
  steps: Reference['steps'],
  document: FlowDocument,
  { path, tell }: Pick<Checked, 'path' | 'tell'>,
): void {
  const { properties } = inputSchemaOf(document);
  const [name] = steps;
  if (typeof properties !== 'object' || properties === null || name === undefined) return;
  const names = Object.keys(properties);
  if (!names.includes(String(name)))
    tell(
      path,
      `the flow has no input ${name}.${didYouMean(String(name), names)}`,
      'Declare it under inputs.properties.',
    );
}

const unknownNode = (name: string, names: readonly string[]): readonly [string, string] => [
  `there is no node ${name}.${didYouMean(name, names)}`,
  'Refer to a node of this flow.',
];

/** Circles, nodes that can never run, and nodes of which nothing is used. */
function checkOrder(document: FlowDocument, tell: Tell): void {
  const plan = planOf(document);
  const circle = circleOf(plan);
  if (circle !== undefined)
    return tell(
      ['nodes', circle[0] ?? ''],
      `nodes wait for each other: ${circle.join(' → ')}`,
      'Take one of these references out.',
    );
  checkReach(plan, tell);
  const used = new Set([...plan.values()].flatMap(({ before }) => [...before]));
  for (const { text } of textsIn(document.outputs, ['outputs']))
    for (const { root, steps } of referencesInText(text)) if (root === 'nodes') used.add(String(steps[0]));
  for (const { name, kind } of plan.values())
    if (kind !== 'tool' && !used.has(name))
      tell(
        ['nodes', name],
        `nothing uses what ${name} gives`,
        'Refer to it in another node or in outputs.',
        'warning',
      );
}

/** Nodes whose condition is never true, and those that need one of them. */
function checkReach(plan: FlowPlan, tell: Tell): void {
  const never = new Set<string>();
  for (const { name, node } of plan.values())
    if (node.when !== undefined && isNeverTrue(node.when)) {
      never.add(name);
      tell(
        ['nodes', name, 'when'],
        `${name} can never run: its condition is never true`,
        'Mend `when`, or take the node out.',
      );
    }
  for (let before = -1; before !== never.size;) {
    before = never.size;
    for (const { name, needs } of plan.values()) {
      const lost = [...needs].find((other) => never.has(other));
      if (lost === undefined || never.has(name)) continue;
      never.add(name);
      tell(
        ['nodes', name],
        `${name} can never run: it needs ${lost}, which never does`,
        `Say what to take instead: ?? "…".`,
      );
    }
  }
}

/** Whether a condition that refers to nothing is false. */
function isNeverTrue(when: string): boolean {
  const expression = bareExpression(when);
  return referencesOf(expression).length === 0 && !isTrue(expression, {});
}
