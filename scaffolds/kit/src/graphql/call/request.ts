import type {
  Blueprint,
  GraphqlFieldCall,
  HttpBinding,
  Json,
  JsonSchema,
  Operation,
} from '@counterpart/schemas';
import { isList, isMembers, type Members } from '../../json-value.ts';
import type { Arguments } from '../../tools/tool.ts';
import type { TypeReference } from '../language/ast.ts';
import { parseDocument } from '../language/parse-document.ts';
import { schemaOf } from '../schema/known.ts';
import type { Schema } from '../schema/schema.ts';

/** What is asked of the service. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Members;
  readonly operationName?: string;
}

/** Values of the variables that a field's arguments stand for. */
export function variablesOf(call: GraphqlFieldCall, args: Arguments): Members {
  const given = Object.entries(call.variables).flatMap(([key, { name, usual }]): [string, Json][] => {
    const value = Object.hasOwn(args, key) ? args[key] : undefined;
    if (value !== undefined) return [[name, value]];
    const isFree = usual !== undefined && !usual.unless.some((other) => isGiven(call, args, other));
    return isFree ? [[name, usual.value]] : [];
  });
  return Object.fromEntries(given);
}

function isGiven({ variables }: GraphqlFieldCall, args: Arguments, name: string): boolean {
  const [key] = Object.entries(variables).find(([, variable]) => variable.name === name) ?? [];
  const value = key === undefined || !Object.hasOwn(args, key) ? undefined : args[key];
  return value !== undefined && value !== null;
}

interface Files {
  readonly value: Json;
  /** Files by the place in the request where null stands for them. */
  readonly files: readonly (readonly [place: string, file: Json])[];
}

/** Files where the schema has them: a text member of another input looks like one and is none. */
function takeFiles(value: Json, type: TypeReference, place: string, schema: Schema): Files {
  if (type.kind === 'non-null') return takeFiles(value, type.of, place, schema);
  if (type.kind === 'list') {
    if (!isList(value)) return takeFiles(value, type.of, place, schema);
    const items = value.map((item, index) => takeFiles(item, type.of, `${place}.${index}`, schema));
    return { value: items.map((item) => item.value), files: items.flatMap(({ files }) => files) };
  }
  if (UPLOAD.test(type.name) && value !== null) return { value: null, files: [[place, value]] };
  const inputs = schema.type(type.name)?.inputs;
  if (inputs === undefined || inputs.size === 0 || !isMembers(value)) return { value, files: [] };
  const members = Object.entries(value).map(([key, member]) => {
    const input = inputs.get(key);
    const taken = input && takeFiles(member, input.type, `${place}.${key}`, schema);
    return [key, taken ?? { value: member, files: [] }] as const;
  });
  return {
    value: Object.fromEntries(members.map(([key, member]) => [key, member.value])),
    files: members.flatMap(([, member]) => member.files),
  };
}

/** The files among the values of a document's variables. */
function filesOf({ query, variables, operationName }: GraphqlRequest, schema: Schema): Files {
  const { operations } = parseDocument(query);
  const operation = operations.find(({ name }) => name === operationName) ?? operations[0];
  const found = (operation?.variables ?? []).flatMap(({ name, type }) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value === undefined ? [] : [[name, takeFiles(value, type, `variables.${name}`, schema)] as const];
  });
  return {
    value: { ...variables, ...Object.fromEntries(found.map(([name, { value }]) => [name, value])) },
    files: found.flatMap(([, { files }]) => files),
  };
}

const UPLOAD = /^(?:File)?Upload$/;

/** Services refuse forms that a page elsewhere could send; this header no such page can set. */
const PREFLIGHT: HttpBinding['parameters'][number] = {
  key: 'apollo-require-preflight',
  name: 'apollo-require-preflight',
  in: 'header',
  style: 'simple',
  explode: false,
  required: false,
  default: 'true',
};

/** A request with files in it, each as a part of its own (GraphQL multipart request, version 2). */
function multipart(
  http: HttpBinding,
  request: GraphqlRequest,
  schema: Schema,
): { http: HttpBinding; body: Members } | undefined {
  const { value, files } = filesOf(request, schema);
  if (files.length === 0) return undefined;
  const parts = files.map(([place, file], index) => [`file_${index}`, place, file] as const);
  const properties: { [key: string]: JsonSchema } = {
    operations: { type: 'string' },
    map: { type: 'string' },
  };
  for (const [key] of parts) properties[key] = true;
  const form: JsonSchema = { type: 'object', properties };
  return {
    http: {
      ...http,
      parameters: [...http.parameters, PREFLIGHT],
      body: {
        required: true,
        contents: [{ mediaType: 'multipart/form-data', kind: 'multipart', schema: form }],
      },
    },
    body: {
      operations: JSON.stringify({ ...request, variables: value }),
      map: JSON.stringify(Object.fromEntries(parts.map(([key, place]) => [key, [place]]))),
      ...Object.fromEntries(parts.map(([key, , file]) => [key, file])),
    },
  };
}

/** How a request goes out: the operation with its binding, and the input of that binding. */
export interface Carried {
  readonly operation: Operation;
  readonly args: Arguments;
}

/** The POST of a request. */
export function carry(blueprint: Blueprint, operation: Operation, request: GraphqlRequest): Carried {
  const types = blueprint.graphql?.types ?? {};
  const hasUploads = Object.hasOwn(types, 'Upload') || Object.hasOwn(types, 'FileUpload');
  const form = hasUploads ? multipart(operation.http, request, schemaOf(blueprint)) : undefined;
  if (form !== undefined) return { operation: { ...operation, http: form.http }, args: { body: form.body } };
  return { operation, args: { body: { ...request } } };
}
