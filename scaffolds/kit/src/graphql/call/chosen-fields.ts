import type { GraphqlFieldCall } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { isListType, namedType, type Field, type Selection } from '../language/ast.ts';
import { parseDocument, parseSelections } from '../language/parse-document.ts';
import type { TypeDefinition } from '../language/parse-type.ts';
import { printSelections } from '../language/print.ts';
import { GraphqlSyntaxError } from '../language/syntax-error.ts';
import { connectionOf } from '../schema/connection.ts';
import { isComposite, type Schema } from '../schema/schema.ts';
import { usualSelection } from '../schema/usual-selection.ts';
import { validateDocument } from '../validate/validate-document.ts';

/** A path such as `author.login`; a star stands for the usual fields of what is before it. */
const PATH = /^(?:[_A-Za-z]\w*\.)*(?:[_A-Za-z]\w*|\*)$/;
const MOST_PROBLEMS = 8;
/** Characters of one wish; whoever needs more writes a document. */
const LONGEST = 20_000;

const leaf = (name: string): Field => ({ kind: 'field', name, args: [], directives: [], at: 0 });
const STAR = leaf('*');

function pathSelection(path: readonly string[]): Field {
  const [name = '', ...rest] = path;
  return rest.length === 0 ? leaf(name) : { ...leaf(name), selections: [pathSelection(rest)] };
}

function parseWish(text: string): Selection[] {
  const wish = text.trim();
  if (PATH.test(wish)) return [pathSelection(wish.split('.'))];
  const inner = /^\{([^]*)\}$/.exec(wish)?.[1] ?? wish;
  try {
    return parseSelections(inner);
  } catch (error) {
    if (!(error instanceof GraphqlSyntaxError)) throw error;
    throw new ToolFailure(`fields: ${JSON.stringify(text.slice(0, 80))}: ${error.message}.`, {
      nextStep: 'Give dotted paths such as `author.login`, or GraphQL such as `author { login }`.',
    });
  }
}

const isPlain = (field: Field): boolean =>
  field.alias === undefined && field.args.length + field.directives.length === 0;

/** Plain fields of one name become one; where one of them names nothing below, its usual fields stay. */
function merged(selections: readonly Selection[]): Selection[] {
  const byName = new Map<string, Field>();
  const others: Selection[] = [];
  for (const selection of selections) {
    if (selection.kind !== 'field' || !isPlain(selection)) {
      others.push(selection);
      continue;
    }
    const known = byName.get(selection.name);
    const both = [known?.selections, selection.selections];
    const isBare = known === undefined || both.every((one) => one === undefined);
    byName.set(
      selection.name,
      isBare ? selection : { ...selection, selections: both.flatMap((one) => one ?? [STAR]) },
    );
  }
  return [...byName.values(), ...others];
}

function completeField(field: Field, parent: TypeDefinition, schema: Schema): Field {
  const definition = schema.field(parent, field.name);
  const type = definition && schema.type(namedType(definition.type));
  // What is wrong with it is said by the check of the whole.
  if (definition === undefined || type === undefined || !isComposite(type)) return field;
  const selections =
    field.selections === undefined
      ? usualSelection(schema, type.name, isListType(definition.type) ? 'list' : 'inner')
      : complete(field.selections, type, schema);
  return { ...field, selections };
}

/** Objects without fields get their usual ones, at any depth. */
function complete(selections: readonly Selection[], parent: TypeDefinition, schema: Schema): Selection[] {
  return merged(selections).flatMap((selection): Selection[] => {
    if (selection.kind === 'spread') return [selection];
    if (selection.kind === 'inline') {
      const on = selection.on === undefined ? parent : schema.type(selection.on);
      return [
        on === undefined
          ? selection
          : { ...selection, selections: complete(selection.selections, on, schema) },
      ];
    }
    if (selection.name === '*') return usualSelection(schema, parent.name, 'root');
    return [completeField(selection, parent, schema)];
  });
}

/** On a page, fields of its items may be named as they are; what leads to the next page is always asked for. */
function onPage(selections: readonly Selection[], type: TypeDefinition, schema: Schema): Selection[] {
  const connection = connectionOf(schema, type);
  const node = connection && schema.type(connection.node);
  if (connection === undefined || node === undefined) return [...selections];
  const isOfItem = (one: Selection): boolean =>
    one.kind === 'field' && one.name !== '__typename' && !type.fields.has(one.name);
  const ofItems = selections.filter(isOfItem);
  const own = selections.filter((one) => !isOfItem(one));
  const items: Field = connection.hasNodes
    ? { ...leaf('nodes'), selections: ofItems }
    : { ...leaf('edges'), selections: [{ ...leaf('node'), selections: ofItems }] };
  const page: Field = { ...leaf('pageInfo'), selections: connection.pageInfo.map(leaf) };
  return [
    ...(ofItems.length === 0 ? [] : [items]),
    ...own,
    ...(connection.pageInfo.length === 0 ? [] : [page]),
  ];
}

/** The document's text up to the field that is called, without what is selected of it. */
function headOf(document: string, field: string): string {
  const parsed = parseDocument(document);
  const [operation] = parsed.operations;
  const [root] = operation?.selections ?? [];
  if (root?.kind !== 'field' || root.name !== field)
    throw new ToolFailure(`The compiled document of ${field} is damaged.`, {
      nextStep: 'Build the server again.',
    });
  const open = document.indexOf('{', document.indexOf('{') + 1);
  return document.slice(0, open);
}

/**
 * The document of a call with the fields a caller wishes instead of the usual ones. Throws ToolFailure that says what no
 * such service could answer, and what was probably meant.
 */
export function documentWith(call: GraphqlFieldCall, wishes: readonly string[], schema: Schema): string {
  const root = schema.root(call.operation);
  const definition = root?.fields.get(call.field);
  const type = definition && schema.type(namedType(definition.type));
  if (type === undefined) throw new ToolFailure(`${call.field} is not in the schema of this server.`);
  if (wishes.join('').length > LONGEST)
    throw new ToolFailure('fields: too long; write a document and run it with the tools over the schema.');
  const wanted = onPage(wishes.flatMap(parseWish), type, schema);
  const selections = complete(wanted, type, schema);
  const document = `${headOf(call.document, call.field)}{ ${printSelections(selections)} } }`;
  const problems = validateDocument(schema, parseDocument(document));
  if (problems.length === 0) return document;
  const lines = problems.slice(0, MOST_PROBLEMS).map(({ message }) => `fields: ${message}`);
  throw new ToolFailure(lines.join('\n'), {
    nextStep: `${call.field} answers ${type.name}; describe_type tells its fields.`,
  });
}
