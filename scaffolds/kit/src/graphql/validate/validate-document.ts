import type { Document, FragmentDefinition, OperationDefinition, Selection } from '../language/ast.ts';
import type { Schema } from '../schema/schema.ts';
import { suggestion } from '../schema/suggestion.ts';
import { OverlapCheck } from './overlap.ts';
import { repeated, type Checking, type Definition, type DocumentProblem } from './problem.ts';
import { checkDirectives, checkSelections, fragmentType } from './selections.ts';
import { checkVariables } from './variables.ts';

const MOST_PROBLEMS = 50;

function checkNames({ document, report }: Checking): void {
  const named = document.operations.filter(({ name }) => name !== undefined);
  for (const { name, at } of repeated(named, ({ name }) => name ?? ''))
    report(`two operations are called ${name}`, at);
  for (const { name, at } of repeated(document.fragments, ({ name }) => name))
    report(`two fragments are called ${name}`, at);
  const [anonymous] = document.operations.filter(({ name }) => name === undefined);
  if (anonymous !== undefined && document.operations.length > 1)
    report('an operation without a name must be the only one', anonymous.at);
}

/** Fragments must be used, and none may hold itself (GraphQL September 2025, 5.5.1.4 and 5.5.2.2). */
function checkFragmentUse(checking: Checking): void {
  const { document, fragments, spreads, report } = checking;
  const used = new Set<string>();
  const visit = (definition: Definition): void => {
    for (const name of spreads.get(definition) ?? []) {
      if (used.has(name)) continue;
      used.add(name);
      const fragment = fragments.get(name);
      if (fragment !== undefined) visit(fragment);
    }
  };
  for (const operation of document.operations) visit(operation);
  for (const fragment of document.fragments) {
    if (!used.has(fragment.name)) report(`the fragment ${fragment.name} is never used`, fragment.at);
    if (holds(fragment, fragment.name, checking))
      report(`the fragment ${fragment.name} holds itself`, fragment.at);
  }
}

function holds(start: FragmentDefinition, wanted: string, { fragments, spreads }: Checking): boolean {
  const seen = new Set<FragmentDefinition>([start]);
  for (const fragment of seen) {
    for (const name of spreads.get(fragment) ?? []) {
      if (name === wanted) return true;
      const next = fragments.get(name);
      if (next !== undefined) seen.add(next);
    }
  }
  return false;
}

function rootFields(
  selections: readonly Selection[],
  checking: Checking,
  seen = new Set<string>(),
): Map<string, string> {
  const found = new Map<string, string>();
  for (const selection of selections) {
    if (selection.kind === 'field') {
      found.set(selection.alias ?? selection.name, selection.name);
      continue;
    }
    const fragment = selection.kind === 'spread' ? checking.fragments.get(selection.name) : selection;
    if (selection.kind === 'spread' && seen.has(selection.name)) continue;
    if (selection.kind === 'spread') seen.add(selection.name);
    for (const [name, field] of rootFields(fragment?.selections ?? [], checking, seen))
      found.set(name, field);
  }
  return found;
}

function checkSubscription(operation: OperationDefinition, checking: Checking): void {
  const fields = [...rootFields(operation.selections, checking).values()];
  if (fields.length !== 1) checking.report('a subscription has exactly one field at its root', operation.at);
  if (fields.some((name) => name.startsWith('__')))
    checking.report('a subscription must not ask for the schema', operation.at);
}

function checkOperation(operation: OperationDefinition, checking: Checking): void {
  const { schema, report } = checking;
  const root = schema.root(operation.operation);
  if (root === undefined) report(`the service has no ${operation.operation}s`, operation.at);
  checkDirectives(operation.directives, operation.operation.toUpperCase(), operation, checking);
  checkSelections(operation.selections, root, operation, checking);
  if (operation.operation === 'subscription') checkSubscription(operation, checking);
}

/**
 * Everything for which a service with this schema would refuse the document (GraphQL September 2025, section 5), at most
 * fifty problems in the order of the text; empty when it is valid.
 */
export function validateDocument(schema: Schema, document: Document): DocumentProblem[] {
  const problems = new Map<string, DocumentProblem>();
  const checking: Checking = {
    schema,
    document,
    fragments: new Map(document.fragments.map((fragment) => [fragment.name, fragment])),
    report: (message, at) => problems.set(`${at} ${message}`, { message, at }),
    uses: new Map(),
    spreads: new Map(),
  };
  if (document.operations.length === 0) checking.report('there is no operation in it', 0);
  checkNames(checking);
  for (const fragment of document.fragments) {
    const type = fragmentType(fragment.on, fragment.at, checking);
    checkDirectives(fragment.directives, 'FRAGMENT_DEFINITION', fragment, checking);
    checkSelections(fragment.selections, type, fragment, checking);
  }
  for (const operation of document.operations) checkOperation(operation, checking);
  for (const operation of document.operations) checkVariables(operation, checking);
  checkFragmentUse(checking);
  const overlap = new OverlapCheck(checking);
  if (problems.size === 0)
    for (const operation of document.operations)
      overlap.check(operation.selections, schema.root(operation.operation));
  return [...problems.values()].toSorted((a, b) => a.at - b.at).slice(0, MOST_PROBLEMS);
}

/** The operation that would be executed. Undefined, with a reason, when the document does not say which. */
export function chooseOperation(
  { operations }: Document,
  name: string | undefined,
): OperationDefinition | { readonly problem: string } {
  const names = operations.flatMap((operation) => operation.name ?? []);
  if (name === undefined) {
    const [only] = operations;
    if (only !== undefined && operations.length === 1) return only;
    return {
      problem: `the document has several operations: say in operation_name which of ${names.join(', ')}`,
    };
  }
  const found = operations.find((operation) => operation.name === name);
  return found ?? { problem: `the document has no operation ${name}${suggestion(name, names)}` };
}
