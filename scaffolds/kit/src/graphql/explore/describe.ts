import type { GraphqlOperationKind } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { isListType, namedType } from '../language/ast.ts';
import type { FieldDefinition, InputDefinition, TypeDefinition } from '../language/parse-type.ts';
import { printSelections, printType } from '../language/print.ts';
import { isComposite, type Schema } from '../schema/schema.ts';
import { suggestion } from '../schema/suggestion.ts';
import { usualSelection } from '../schema/usual-selection.ts';
import { fitted, STEP_BYTES } from './fitted.ts';
import { routesOf } from './routes.ts';
import { fieldText, headText, inputText, remark } from './signature.ts';
import { searchWords } from './words.ts';

export interface DescribeOptions {
  /** Only members with one of these words; empty: all. */
  readonly words: string;
  readonly skip: number;
}

const MEMBER_REMARK = 100;
/** Members above which remarks are left out, so that a page holds more of them. */
const TELLING = 30;
/** Types of arguments that are told together with a field. */
const MOST_INPUTS = 6;
const LONGEST_EXAMPLE = 1_000;

function membersOf(type: TypeDefinition): { name: string; text: string; about: string | undefined }[] {
  const described = (about: string | undefined, deprecated: string | undefined): string | undefined =>
    deprecated === undefined ? about : `Deprecated: ${deprecated}`;
  return [
    ...[...type.fields.values()].map((field) => ({
      name: field.name,
      text: fieldText(field),
      about: described(field.description, field.deprecated),
    })),
    ...[...type.inputs.values()].map((input) => ({
      name: input.name,
      text: inputText(input),
      about: described(input.description, input.deprecated),
    })),
    ...type.values.map(({ name, description, deprecated }) => ({
      name,
      text: name,
      about: described(description, deprecated),
    })),
    ...type.members.map((name) => ({ name, text: name, about: undefined })),
  ];
}

function closing(type: TypeDefinition, schema: Schema): string {
  if (type.kind === 'interface') {
    const names = [...schema.possibleTypes(type.name)];
    const shown = names.slice(0, 20).join(', ');
    return names.length === 0
      ? ''
      : `Is one of: ${shown}${names.length > 20 ? `, and ${names.length - 20} more` : ''}.`;
  }
  return '';
}

function describeType(type: TypeDefinition, schema: Schema, { words, skip }: DescribeOptions): string {
  const wanted = searchWords(words);
  const all = membersOf(type).filter(({ name, about }) => {
    const own = new Set([...searchWords(name), ...searchWords(about ?? '')]);
    return wanted.length === 0 || wanted.some((word) => own.has(word));
  });
  const budget = all.length <= TELLING || wanted.length > 0 ? MEMBER_REMARK : 0;
  const route = routesOf(schema).get(type.name);
  const head = [
    `${headText(type)}${remark(type.description, 200)}`,
    ...(route === undefined ? [] : [`# via ${route}`]),
    ...(type.oneOf ? ['# exactly one of these'] : []),
  ];
  if (all.length === 0 && wanted.length > 0) return [...head, 'No field of it has these words.'].join('\n');
  const lines = all.slice(skip).map(({ text, about }) => `  ${text}${remark(about, budget)}`);
  const next = [closing(type, schema), all.some(({ text }) => text.includes('…page')) ? PAGE : ''].filter(
    (line) => line !== '',
  );
  return fitted({ head, lines, skip, total: all.length, next: next.join('\n') });
}

const PAGE = '…page: first: Int, after: String, last: Int, before: String.';

/** The input types that a field's arguments need, each on a line, nearest first. */
function inputTypes(args: Iterable<InputDefinition>, schema: Schema): string[] {
  const names = new Set([...args].map(({ type }) => namedType(type)));
  const lines: string[] = [];
  for (const name of names) {
    const type = schema.type(name);
    if (lines.length >= MOST_INPUTS || type === undefined || type.kind === 'scalar') continue;
    const members =
      type.kind === 'enum'
        ? type.values.map((value) => value.name)
        : [...type.inputs.values()].map(inputText);
    const text = `${headText(type)} { ${members.join(', ')} }`;
    lines.push(text.length > 800 ? `${text.slice(0, 800)}… (describe_type ${name})` : text);
    for (const { type: inner } of type.inputs.values()) names.add(namedType(inner));
  }
  return lines;
}

/** A document to start from, with what is required and a few fields. */
function exampleOf(
  operation: GraphqlOperationKind,
  field: FieldDefinition,
  schema: Schema,
): string | undefined {
  const required = [...field.args.values()].filter(
    ({ name, type, default: value }) =>
      (type.kind === 'non-null' && value === undefined) || (name === 'first' && field.args.has('after')),
  );
  const variables = required.map(({ name, type }) => `$${name}: ${printType(type)}`).join(', ');
  const args = required.map(({ name }) => `${name}: $${name}`).join(', ');
  const braces = (text: string): string => (text === '' ? '' : `(${text})`);
  for (const place of ['root', 'list', 'inner'] as const) {
    const selections = printSelections(usualSelection(schema, namedType(field.type), place));
    const text = `${operation}${braces(variables)} { ${field.name}${braces(args)}${selections === '' ? '' : ` { ${selections} }`} }`;
    if (text.length <= LONGEST_EXAMPLE) return text;
  }
  return undefined;
}

function operationOf(type: TypeDefinition, schema: Schema): GraphqlOperationKind | undefined {
  const kinds: readonly GraphqlOperationKind[] = ['query', 'mutation', 'subscription'];
  return kinds.find((kind) => schema.root(kind)?.name === type.name);
}

function answerLine(field: FieldDefinition, schema: Schema): string[] {
  const type = schema.type(namedType(field.type));
  if (type === undefined || !isComposite(type)) return [];
  const fields = [...type.fields.values()].map(({ name, type: of }) => `${name}: ${printType(of)}`);
  const text = `${isListType(field.type) ? 'answers a list of' : 'answers'} ${headText(type)} { ${fields.join(', ')} }`;
  return [text.length > 700 ? `${text.slice(0, 700)}… (describe_type ${type.name})` : text];
}

function describeField(type: TypeDefinition, field: FieldDefinition, schema: Schema): string {
  const operation = operationOf(type, schema);
  const example = operation && exampleOf(operation, field, schema);
  const args = [...field.args.values()].map((arg) => `  ${inputText(arg)}${remark(arg.description, 120)}`);
  const lines = [
    `${type.name}.${field.name}: ${printType(field.type)}${remark(field.description, 300)}`,
    ...(field.deprecated === undefined ? [] : [`Deprecated: ${field.deprecated}`]),
    ...(args.length === 0 ? [] : ['arguments:', ...args]),
    ...inputTypes(field.args.values(), schema),
    ...answerLine(field, schema),
    ...(operation === undefined ? [`via ${routesOf(schema).get(type.name) ?? type.name}.${field.name}`] : []),
  ];
  const head = example === undefined ? [] : [`example: ${example}`];
  const room = STEP_BYTES - 200 - Buffer.byteLength(head.join(''));
  let size = 0;
  const kept = lines.filter((line) => (size += Buffer.byteLength(line) + 1) <= room);
  const left = lines.length - kept.length;
  return [
    ...kept,
    ...head,
    ...(left > 0 ? [`… ${left} lines did not fit; describe_type the types it names.`] : []),
  ].join('\n');
}

/** Describes `Type` or `Type.field`. Throws ToolFailure, with what was probably meant, for a name that is not there. */
export function describeSchema(schema: Schema, name: string, options: DescribeOptions): string {
  const [typeName = '', fieldName] = name
    .trim()
    .replace(/[[\]!]/g, '')
    .split('.');
  const type = schema.type(typeName);
  if (type === undefined)
    throw new ToolFailure(`There is no type ${typeName.slice(0, 80)}${suggestion(typeName, schema.names)}.`, {
      nextStep: 'search_schema finds types and fields by words.',
    });
  if (fieldName === undefined) return describeType(type, schema, options);
  const field = type.fields.get(fieldName);
  if (field !== undefined) return describeField(type, field, schema);
  const input = type.inputs.get(fieldName);
  if (input !== undefined) return `${type.name}.${inputText(input)}${remark(input.description, 400)}`;
  const near = suggestion(fieldName, [...type.fields.keys(), ...type.inputs.keys()]);
  throw new ToolFailure(`${type.name} has no field ${fieldName.slice(0, 80)}${near}.`, {
    nextStep: `describe_type ${type.name} lists its fields.`,
  });
}
