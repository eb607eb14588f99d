import type { Json } from '@counterpart/schemas';

/** One `name=value` of a query string or form. */
export interface WirePair {
  readonly name: string;
  /** Still encoded, so that delimiters between values differ from delimiters within them. */
  readonly raw: string;
}

/** Percent-encoding that cannot be read; caught where the request is decoded. */
export class MalformedText extends Error {}

/** Percent-decoded text. Throws MalformedText. */
export function decodeText(raw: string, plusIsSpace = false): string {
  try {
    return decodeURIComponent(plusIsSpace ? raw.replaceAll('+', ' ') : raw);
  } catch {
    throw new MalformedText(`"${raw.slice(0, 80)}" is not percent-encoded UTF-8`);
  }
}

const MAX_PAIRS = 10_000;
const MAX_DEPTH = 32;

/** The pairs of a query string or form, names decoded. Throws MalformedText. */
export function parsePairs(text: string): readonly WirePair[] {
  if (text === '') return [];
  const parts = text.split('&').filter((part) => part !== '');
  if (parts.length > MAX_PAIRS)
    throw new MalformedText(`there are ${parts.length} fields, more than ${MAX_PAIRS}`);
  return parts.map((part) => {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    return { name: decodeText(name, true), raw: at < 0 ? '' : part.slice(at + 1) };
  });
}

/** `a[b][]` as `a`, `b` and an empty token; undefined when the brackets do not pair. */
export function bracketPath(name: string): readonly string[] | undefined {
  const found = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (!found) return undefined;
  const inner = [...(found[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '');
  return inner.length > MAX_DEPTH ? undefined : [found[1] ?? '', ...inner];
}

/** Values that came under one name, and what came below it in brackets. */
export interface WireTree {
  readonly texts: string[];
  readonly members: Map<string, WireTree>;
  /** Came with empty brackets: a list even when it holds one value. */
  isList: boolean;
}

export const emptyTree = (): WireTree => ({ texts: [], members: new Map(), isList: false });

/** Adds a value at a path; an empty token appends. */
export function insert(tree: WireTree, path: readonly string[], text: string): void {
  let node = tree;
  for (const [index, token] of path.entries()) {
    const isLast = index === path.length - 1;
    if (token === '') {
      node.isList = true;
      if (isLast) break;
    }
    const key = token === '' ? String(node.members.size) : token;
    const next = node.members.get(key) ?? emptyTree();
    node.members.set(key, next);
    node = next;
  }
  node.texts.push(text);
}

/** The tree as JSON whose leaves are texts. */
export function toJson(tree: WireTree): Json {
  if (tree.members.size > 0)
    return Object.fromEntries([...tree.members].map(([key, member]) => [key, toJson(member)]));
  const [first, ...more] = tree.texts;
  return tree.isList || more.length > 0 ? [...tree.texts] : (first ?? '');
}
