import { isIP } from 'node:net';
import type { AnyNode, Program } from 'acorn';
import { constantText, givenIn, type Given } from '../constant-text.ts';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** Begins an address and ends before its host is over. */
const OPEN_ADDRESS = /^(?:https?|wss?|ftp):\/\/[^/?#]*$/i;
const ADDRESS = /^(?:https?|wss?|ftp):\/\/./i;

/** Addresses whose host is put together while the code runs (data leaves in names as well), and those of bare numbers. */
export function checkHosts(program: Program): Finding[] {
  const found: Finding[] = [];
  const given = givenIn(program);
  const add = (node: AnyNode, message: string, fix: string): void => {
    found.push({ rule: 'host', severity: 'error', message, fix, at: node.loc?.start ?? START });
  };
  const checkMade = (node: AnyNode): void => {
    const beginning = constantBeginning(node, given);
    if (beginning !== undefined && OPEN_ADDRESS.test(beginning))
      add(
        node,
        'makes up a host while it runs',
        'Write the host and declare it under `net`; where a person chooses it, ask for the whole address as a setting.',
      );
  };
  walk(program, {
    TemplateLiteral: checkMade,
    BinaryExpression: (node) => node.operator === '+' && checkMade(node),
    Literal: (node) => {
      if (typeof node.value !== 'string' || !isNumbered(node.value)) return;
      add(node, `reaches ${node.value.slice(0, 60)}, a host without a name`, 'Name the host and declare it.');
    },
  });
  return found;
}

/** The constant text that an expression begins with, when something follows that is not known; undefined otherwise. */
function constantBeginning(node: AnyNode, given: Given): string | undefined {
  if (constantText(node, given) !== undefined) return undefined;
  if (node.type === 'BinaryExpression') {
    const left = constantText(node.left, given);
    return left ?? constantBeginning(node.left, given);
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  let beginning = '';
  for (const [at, { value }] of node.quasis.entries()) {
    beginning += value.cooked ?? '';
    const hole = node.expressions[at];
    const text = hole && constantText(hole, given);
    if (text === undefined) return beginning;
    beginning += text;
  }
  return undefined;
}

/** `http://169.254.169.254/`, `http://0x7f.1/`, `http://2130706433/`: what the platform reads as numbers of a machine. */
function isNumbered(text: string): boolean {
  if (!ADDRESS.test(text) || !URL.canParse(text)) return false;
  const { hostname } = new URL(text);
  return isIP(hostname.replace(/^\[|\]$/g, '')) > 0;
}
