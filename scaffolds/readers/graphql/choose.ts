import { nearestName } from '@counterpart/kit/graphql';
import { hubError } from '@counterpart/schemas';
import type { RootField } from './operation/field-operation.ts';
import type { Losses } from './source/losses.ts';

/** A root field and the name of its tool. */
export interface NamedField {
  readonly root: RootField;
  readonly name: string;
}

/** More tools of single fields than this are no list that a model can read; the tools over the schema do their work. */
const MOST_FIELD_TOOLS = 60;

interface Wish {
  readonly include?: readonly string[] | undefined;
  readonly whole?: boolean | undefined;
  /** Names of the tools over the schema, which are there anyway. */
  readonly always: readonly string[];
  readonly source: string;
}

/** `issue*` matches names that begin so. */
function matches({ root, name }: NamedField, selector: string): boolean {
  const { operation, field } = root;
  const texts = [name, field.name, `${root.root}.${field.name}`, operation, `${operation}.${field.name}`];
  if (!selector.endsWith('*')) return texts.includes(selector);
  return texts.some((text) => text.startsWith(selector.slice(0, -1)));
}

/**
 * The fields that become tools of their own: those asked for by kind (`query`), field, `Type.field`, tool name, or the
 * beginning of one with `*`; without a wish all of them, or none where they are too many. Throws INCLUDE_UNMATCHED.
 */
export function chooseFields(
  fields: readonly NamedField[],
  { include = [], whole = false, always, source }: Wish,
  losses: Losses,
): NamedField[] {
  if (include.length === 0) {
    if (whole || fields.length <= MOST_FIELD_TOOLS) return [...fields];
    losses.notice(
      'not-selected',
      '#/schema',
      `Its ${fields.length} fields are reached by search_schema and the run tools; --include query (or mutation, or names of fields) makes tools of their own.`,
    );
    return [];
  }
  const chosen = new Set<NamedField>();
  for (const selector of include.map((one) => one.trim())) {
    const found = fields.filter((field) => matches(field, selector));
    if (selector === 'schema' || always.includes(selector)) continue;
    if (found.length === 0) {
      const near = nearestName(
        selector,
        fields.flatMap(({ root, name }) => [root.field.name, name]),
      );
      const suggestion = near === undefined ? '' : ` Near it: ${near}.`;
      throw hubError('INCLUDE_UNMATCHED', { source, selector, suggestion });
    }
    for (const one of found) chosen.add(one);
  }
  const left = fields.length - chosen.size;
  if (left > 0)
    losses.notice(
      'not-selected',
      '#/schema',
      `${left} fields were not asked for as tools; the run tools reach them.`,
    );
  return fields.filter((field) => chosen.has(field));
}
