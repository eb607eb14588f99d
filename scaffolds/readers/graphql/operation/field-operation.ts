import {
  connectionOf,
  isListType,
  namedType,
  nullableType,
  printSelections,
  printType,
  usualSelection,
  type FieldDefinition,
  type InputDefinition,
  type Schema,
  type Selection,
} from '@counterpart/kit/graphql';
import type {
  GraphqlFieldCall,
  GraphqlOperationKind,
  GraphqlVariable,
  JsonObject,
  JsonSchema,
  Operation,
  Pagination,
} from '@counterpart/schemas';
import { effectOf } from '../../openapi/operation/effects.ts';
import { isLegalKey, plainKey } from '../../openapi/operation/keys.ts';
import { cutText } from '../../openapi/text/text.ts';
import { wordsOf } from '../../openapi/text/names.ts';
import { bindingAt } from './binding.ts';
import { isRequired, type InputSchemas } from './input-schema.ts';
import type { OutputSchemas } from './output-schema.ts';

/** A field of a root type. */
export interface RootField {
  readonly operation: GraphqlOperationKind;
  /** Name of the root type. */
  readonly root: string;
  readonly field: FieldDefinition;
  readonly line: number | undefined;
}

/** What all operations of one schema are made with. */
export interface Making {
  readonly schema: Schema;
  readonly path: string;
  readonly inputs: InputSchemas;
  readonly outputs: OutputSchemas;
}

/** Characters of the longest name. */
const MAX_NAME = 40;
const DESCRIPTION_TEXT = 800;
/** Items of a page when the caller names no number. */
const PAGE_SIZE = 10;
const EVENTS = { usual: 10, most: 1_000 };
const SECONDS = { usual: 10, most: 300 };

/** The first of these that no argument is called. */
function freeKey(wanted: readonly string[], taken: ReadonlySet<string>): string {
  return wanted.find((key) => !taken.has(key)) ?? `${wanted[0] ?? ''}_${taken.size}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The text of the request. A variable that has a default where it is used may be left out, so it takes null there. */
function documentText({ operation, field }: RootField, selections: readonly Selection[]): string {
  const args = [...field.args.values()];
  const variables = args.map((arg) => `$${arg.name}: ${variableType(arg)}`).join(', ');
  const passed = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const head = `${operation} ${capital(field.name)}${variables === '' ? '' : `(${variables})`}`;
  const braces = selections.length === 0 ? '' : ` { ${printSelections(selections)} }`;
  return `${head} { ${field.name}${passed === '' ? '' : `(${passed})`}${braces} }`;
}

function variableType({ type, default: value }: InputDefinition): string {
  return printType(type.kind === 'non-null' && value !== undefined ? type.of : type);
}

/** Number of items of the first page, for lists that services refuse to give without one. */
function usualPage(arg: InputDefinition, field: FieldDefinition): Pick<GraphqlVariable, 'usual'> {
  const isFirst = arg.name === 'first' && printType(arg.type) === 'Int' && arg.default === undefined;
  if (!isFirst || !field.args.has('after')) return {};
  return { usual: { value: PAGE_SIZE, unless: field.args.has('last') ? ['last'] : [] } };
}

interface Inputs {
  readonly schema: JsonSchema;
  readonly call: Pick<GraphqlFieldCall, 'variables' | 'selection' | 'bounds'>;
}

const bound = ({ usual, most }: typeof EVENTS, words: string): JsonObject => ({
  type: 'integer',
  minimum: 1,
  maximum: most,
  default: usual,
  description: words,
});

function inputsOf({ operation, field }: RootField, making: Making, hasFields: boolean): Inputs {
  const args = [...field.args.values()];
  const keys = new Map(args.map(({ name }) => [name, isLegalKey(name) ? name : plainKey(name)]));
  const taken = new Set(keys.values());
  const properties: [string, JsonObject][] = [];
  const variables: [string, GraphqlVariable][] = [];
  for (const arg of args) {
    const key = keys.get(arg.name) ?? arg.name;
    const usual = usualPage(arg, field);
    const schema = making.inputs.ofInput(arg);
    properties.push([key, usual.usual === undefined ? schema : { ...schema, default: usual.usual.value }]);
    variables.push([key, { name: arg.name, type: variableType(arg), ...usual }]);
  }
  const selection = hasFields ? freeKey(['fields', 'select', 'selection'], taken) : undefined;
  if (selection !== undefined)
    properties.push([
      selection,
      {
        type: 'array',
        items: { type: 'string' },
        description:
          'What to answer with instead of the usual fields: dotted paths (`author.login`) or GraphQL (`labels(first: 5) { nodes { name } }`).',
      },
    ]);
  const bounds =
    operation === 'subscription'
      ? {
          events: freeKey(['events', 'max_events'], taken),
          seconds: freeKey(['seconds', 'max_seconds'], taken),
        }
      : undefined;
  if (bounds !== undefined) {
    properties.push([bounds.events, bound(EVENTS, 'Stop after this many events.')]);
    properties.push([
      bounds.seconds,
      bound(SECONDS, 'Stop after this many seconds, with what came until then.'),
    ]);
  }
  const required = args.filter(isRequired).map(({ name }) => keys.get(name) ?? name);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    },
    call: {
      variables: Object.fromEntries(variables),
      ...(selection === undefined ? {} : { selection }),
      ...(bounds === undefined ? {} : { bounds }),
    },
  };
}

function paginationOf({ field }: RootField, { schema }: Making): Pagination | undefined {
  const type = schema.type(namedType(field.type));
  const connection = type && !isListType(field.type) ? connectionOf(schema, type) : undefined;
  if (connection === undefined || !field.args.has('after') || !connection.pageInfo.includes('endCursor'))
    return undefined;
  const hasSize = field.args.has('first');
  const hasTotal = type?.fields.get('totalCount')?.args.size === 0;
  return {
    kind: 'cursor',
    request: { cursor: 'after', ...(hasSize ? { limit: 'first' } : {}) },
    response: {
      items: connection.hasNodes ? '/nodes' : '/edges',
      next: '/pageInfo/endCursor',
      ...(connection.pageInfo.includes('hasNextPage') ? { more: '/pageInfo/hasNextPage' } : {}),
      ...(hasTotal ? { total: '/totalCount' } : {}),
    },
    ...(hasSize ? { pageSize: PAGE_SIZE } : {}),
  };
}

/** Ends as a sentence does. */
const sentence = (text: string): string => (/[.!?:…)`]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function descriptionOf({ operation, field }: RootField): string {
  const parts = [
    sentence(field.description ?? capital(wordsOf(field.name).join(' '))),
    operation === 'subscription' ? 'Collects events as they happen.' : undefined,
    `Answers ${printType(field.type)}.`,
    field.deprecated === undefined ? undefined : `Deprecated: ${field.deprecated}`,
  ];
  return cutText(parts.filter((part) => part !== undefined).join(' '), DESCRIPTION_TEXT);
}

/** What a subscription answers: the events in the order they came. */
const eventsSchema = (event: JsonObject): JsonObject => ({
  type: 'object',
  properties: {
    events: { type: 'array', items: event },
    ended: { type: 'string', enum: ['events', 'seconds', 'complete'], description: 'Why it stopped.' },
  },
  required: ['events', 'ended'],
});

/** A verb alone says too little: what the field answers says what it is about. */
export function withNoun(name: string, { field }: RootField): string {
  if (name.includes('_')) return name;
  const noun = namedType(field.type).replace(/(?:Connection|Payload|Results?|Response|Type|Object)$/, '');
  const words = wordsOf(noun).filter((word) => word !== name);
  return [name, ...words].join('_').slice(0, MAX_NAME).replace(/_+$/, '');
}

/** The verb of a field's tool, where its own name has none: see `toolNames`. */
export function methodOf({ operation, field }: RootField, schema: Schema): string {
  if (operation === 'subscription') return 'watch';
  // The name of a mutation begins with its verb, be it one that is known or not.
  if (operation === 'mutation') return wordsOf(field.name)[0] ?? 'run';
  const type = schema.type(namedType(field.type));
  const isList = isListType(field.type) || (type !== undefined && connectionOf(schema, type) !== undefined);
  return isList ? 'list' : 'get';
}

/** A root field as an operation. */
export function fieldOperation(root: RootField, name: string, making: Making): Operation {
  const { operation, field } = root;
  const { schema, outputs, path } = making;
  const type = namedType(field.type);
  const selections = usualSelection(schema, type, isListType(field.type) ? 'list' : 'root');
  const { schema: input, call } = inputsOf(root, making, selections.length > 0);
  // Null means: there is no such thing. The answer's shape is that of the thing.
  const answer = outputs.ofType({ kind: 'non-null', of: nullableType(field.type) }, selections);
  const pagination = paginationOf(root, making);
  return {
    name,
    description: descriptionOf(root),
    tags: [operation],
    ...(field.deprecated === undefined ? {} : { deprecated: true }),
    ...effectOf(
      operation === 'mutation' ? 'POST' : 'QUERY',
      operation === 'subscription' ? [] : wordsOf(field.name),
    ),
    source: {
      pointer: `#/${root.root}/${field.name}`,
      ...(root.line === undefined ? {} : { line: root.line }),
    },
    input,
    output: operation === 'subscription' ? eventsSchema(answer) : answer,
    http: bindingAt(path),
    ...(pagination === undefined ? {} : { pagination }),
    graphql: {
      kind: 'field',
      operation,
      field: field.name,
      document: documentText(root, selections),
      ...call,
    },
  };
}
