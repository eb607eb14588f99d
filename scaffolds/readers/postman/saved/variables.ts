import type { Json } from '@counterpart/schemas';
import { listMember, member, textMember } from '../../openapi/source/json-tree.ts';

const HOLE = /\{\{\s*([^{}]+?)\s*\}\}/g;
/** Variables in the values of variables; deeper ones stay. */
const MAX_DEPTH = 5;

/** Values of the variables that a collection brings along; those of environments are not in it. */
export class Variables {
  readonly #values = new Map<string, string>();

  constructor(root: Json) {
    for (const variable of listMember(root, 'variable')) {
      const name = textMember(variable, 'key') ?? textMember(variable, 'id');
      const value = member(variable, 'value');
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      if (name !== undefined && isPlain && value !== '') this.#values.set(name, String(value));
    }
  }

  /** Names and values of all of them. */
  entries(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** The text with every variable that is known in its place; the others stay as they are. */
  resolve(text: string): string {
    let resolved = text;
    for (let depth = 0; depth < MAX_DEPTH && resolved.includes('{{'); depth += 1) {
      const next = resolved.replace(HOLE, (hole, name: string) => this.#values.get(name) ?? hole);
      if (next === resolved) break;
      resolved = next;
    }
    return resolved;
  }
}

/** True for a text in which a variable is left that nobody has given a value. */
export const hasHole = (text: string): boolean => /\{\{[^{}]+\}\}/.test(text);

/** The text with `<name>` in the place of a variable without a value, as documentation writes it. */
export const withPlaceholders = (text: string): string =>
  text.replace(HOLE, (_hole, name: string) => `<${name.replace(/^\$/, '')}>`);
