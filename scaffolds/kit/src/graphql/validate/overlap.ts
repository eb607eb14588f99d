import { namedType, type Field, type Selection, type TypeReference } from '../language/ast.ts';
import type { FieldDefinition, TypeDefinition } from '../language/parse-type.ts';
import { printType, printValue } from '../language/print.ts';
import { isComposite, type Schema } from '../schema/schema.ts';
import type { Checking } from './problem.ts';

/** A field of an answer, with the type it was selected on. */
interface Entry {
  readonly field: Field;
  readonly parent: TypeDefinition | undefined;
  readonly definition: FieldDefinition | undefined;
}

interface Part {
  readonly selections: readonly Selection[];
  readonly parent: TypeDefinition | undefined;
}

/** Comparisons of one document; no sensible one comes near. */
const MOST_COMPARISONS = 100_000;

const responseName = ({ alias, name }: Field): string => alias ?? name;

const argumentsText = ({ args }: Field): string =>
  args
    .map(({ name, value }) => `${name}: ${printValue(value)}`)
    .toSorted()
    .join(', ');

/** Values of both types have the same shape: an answer may hold either (GraphQL September 2025, 5.3.2). */
function isSameShape(a: TypeReference, b: TypeReference, schema: Schema): boolean {
  if (a.kind !== 'named' || b.kind !== 'named')
    return a.kind !== 'named' && b.kind !== 'named' && a.kind === b.kind && isSameShape(a.of, b.of, schema);
  const [first, second] = [schema.type(a.name), schema.type(b.name)];
  if (first === undefined || second === undefined) return true;
  return isComposite(first) ? isComposite(second) : a.name === b.name;
}

/** Finds fields that share a name in the answer and cannot share it. */
export class OverlapCheck {
  readonly #checking: Checking;
  readonly #compared = new Set<string>();
  readonly #checked = new Set<Field>();

  constructor(checking: Checking) {
    this.#checking = checking;
  }

  /** Checks what is selected together on one type, and everything below. */
  check(selections: readonly Selection[], parent: TypeDefinition | undefined): void {
    const entries = this.#collect([{ selections, parent }]);
    this.#compareAll(entries);
    for (const { field, definition } of [...entries.values()].flat()) {
      if (field.selections === undefined || this.#checked.has(field)) continue;
      this.#checked.add(field);
      this.check(field.selections, this.#typeOf(definition));
    }
  }

  #typeOf(definition: FieldDefinition | undefined): TypeDefinition | undefined {
    return definition && this.#checking.schema.type(namedType(definition.type));
  }

  #collect(parts: readonly Part[]): Map<string, Entry[]> {
    const entries = new Map<string, Entry[]>();
    const visited = new Set<string>();
    const queue = [...parts];
    const add = (field: Field, parent: Part['parent']): void => {
      const definition = parent && this.#checking.schema.field(parent, field.name);
      const name = responseName(field);
      entries.set(name, [...(entries.get(name) ?? []), { field, parent, definition }]);
    };
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
      for (const selection of part.selections) {
        if (selection.kind === 'field') add(selection, part.parent);
        else queue.push(...this.#inside(selection, part.parent, visited));
      }
    }
    return entries;
  }

  /** What a fragment selects; nothing where a named one was opened before. */
  #inside(selection: Exclude<Selection, Field>, parent: Part['parent'], visited: Set<string>): Part[] {
    const { schema, fragments } = this.#checking;
    if (selection.kind === 'inline') {
      const on = selection.on === undefined ? parent : schema.type(selection.on);
      return [{ selections: selection.selections, parent: on }];
    }
    const fragment = fragments.get(selection.name);
    if (fragment === undefined || visited.has(selection.name)) return [];
    visited.add(selection.name);
    return [{ selections: fragment.selections, parent: schema.type(fragment.on) }];
  }

  #compareAll(entries: ReadonlyMap<string, readonly Entry[]>): void {
    for (const group of entries.values()) {
      for (const [index, first] of group.entries())
        for (const second of group.slice(index + 1)) this.#compare(first, second);
    }
  }

  #compare(a: Entry, b: Entry): void {
    if (a.field === b.field || this.#compared.size > MOST_COMPARISONS) return;
    const key = a.field.at < b.field.at ? `${a.field.at} ${b.field.at}` : `${b.field.at} ${a.field.at}`;
    if (this.#compared.has(key)) return;
    this.#compared.add(key);
    if (this.#compared.size > MOST_COMPARISONS) {
      this.#checking.report('too many fields share a name; split the document', a.field.at);
      return;
    }
    const [first, second] = a.field.at < b.field.at ? [a, b] : [b, a];
    const reason = this.#conflict(first, second);
    if (reason !== undefined) {
      const name = responseName(first.field);
      const { at } = second.field;
      this.#checking.report(
        `${name} stands for two things: ${reason}; give one of them another name, such as other: ${second.field.name}`,
        at,
      );
    }
    const parts = [a, b].flatMap(({ field, definition }): Part[] =>
      field.selections === undefined
        ? []
        : [{ selections: field.selections, parent: this.#typeOf(definition) }],
    );
    if (parts.length === 2) this.#compareAll(this.#collect(parts));
  }

  #conflict(a: Entry, b: Entry): string | undefined {
    const isExclusive =
      a.parent !== undefined &&
      b.parent !== undefined &&
      a.parent.name !== b.parent.name &&
      a.parent.kind === 'object' &&
      b.parent.kind === 'object';
    if (!isExclusive) {
      if (a.field.name !== b.field.name) return `${a.field.name} and ${b.field.name}`;
      if (argumentsText(a.field) !== argumentsText(b.field)) return 'its arguments differ';
    }
    if (a.definition === undefined || b.definition === undefined) return undefined;
    const [first, second] = [a.definition.type, b.definition.type];
    return isSameShape(first, second, this.#checking.schema)
      ? undefined
      : `${printType(first)} and ${printType(second)}`;
  }
}
