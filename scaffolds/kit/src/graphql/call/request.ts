import type {
  Blueprint,
  GraphqlFieldCall,
  HttpBinding,
  Json,
  JsonSchema,
  Operation,
} from '@counterpart/schemas';
import { isFileValue } from '../../interpret/file-value.ts';
import { isList, isMembers, type Members } from '../../json-value.ts';
import type { Arguments } from '../../tool.ts';

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

function takeFiles(value: Json, place: string): Files {
  if (isFileValue(value)) return { value: null, files: [[place, value]] };
  const members = isList(value) ? value.map((item, index) => [String(index), item] as const) : undefined;
  const parts = (members ?? (isMembers(value) ? Object.entries(value) : [])).map(
    ([key, member]) => [key, takeFiles(member, `${place}.${key}`)] as const,
  );
  const files = parts.flatMap(([, part]) => part.files);
  if (files.length === 0) return { value, files };
  return {
    value: isList(value)
      ? parts.map(([, part]) => part.value)
      : Object.fromEntries(parts.map(([key, part]) => [key, part.value])),
    files,
  };
}

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
): { http: HttpBinding; body: Members } | undefined {
  const { value, files } = takeFiles(request.variables, 'variables');
  if (files.length === 0) return undefined;
  const parts = files.map(([place, file], index) => [`file_${index}`, place, file] as const);
  const properties: { [key: string]: JsonSchema } = {
    operations: { type: 'string' },
    map: { type: 'string' },
  };
  for (const [key] of parts) properties[key] = true;
  const schema: JsonSchema = { type: 'object', properties };
  return {
    http: {
      ...http,
      parameters: [...http.parameters, PREFLIGHT],
      body: { required: true, contents: [{ mediaType: 'multipart/form-data', kind: 'multipart', schema }] },
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
  const form = hasUploads ? multipart(operation.http, request) : undefined;
  if (form !== undefined) return { operation: { ...operation, http: form.http }, args: { body: form.body } };
  return { operation, args: { body: { ...request } } };
}
