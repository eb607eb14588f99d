import {
  ServerId,
  type Blueprint,
  type Json,
  type JsonObject,
  type Operation,
  type ToolDefinition,
} from '@counterpart/schemas';
import { objectMember } from './source/json-tree.ts';
import type { SourceText } from '../source.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import { readOpenApi } from './read.ts';

const sha256 = `sha256-${'0'.repeat(64)}`;

/** A source made of a text, as if it had been loaded from `api.yaml`. */
export const textSource = (text: string, location = 'api.yaml'): SourceText => ({ text, location, sha256 });

/** Reads a text or a value as a description. */
export function readText(content: string | Json, options: Partial<ReadOptions> = {}): Promise<ReadResult> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return readOpenApi(textSource(text), { id: ServerId.parse('test'), ...options });
}

/** The operation of a blueprint with this method and path. Throws when it was not built. */
export function operationAt(blueprint: Blueprint, subject: string): Operation {
  const found = blueprint.operations.find(({ http }) => `${http.method} ${http.path}` === subject);
  if (found === undefined) {
    throw new Error(`${subject} was not built: ${JSON.stringify(blueprint.omitted)}`);
  }
  return found;
}

/** An operation's input as a tool would list it, with every type of the blueprint beside it. */
export function definitionOf(blueprint: Blueprint, operation: Operation): ToolDefinition {
  const input = typeof operation.input === 'boolean' ? {} : operation.input;
  return { name: operation.name, inputSchema: { ...input, type: 'object', $defs: blueprint.types } };
}

/** Properties of an operation's input by key. */
export function inputsOf({ input }: Operation): JsonObject {
  return typeof input === 'boolean' ? {} : objectMember(input, 'properties');
}

/** A 3.1 description with one operation, `POST /things`, made of these members. */
export function describing(operation: JsonObject, components: JsonObject = {}): JsonObject {
  const base = { responses: { 200: { description: 'fine' } } };
  return {
    openapi: '3.1.0',
    info: { title: 'Things', version: '1' },
    paths: { '/things': { post: { ...base, ...operation } } },
    components,
  };
}

/** The normal form of a schema as a request body of a 3.0 description, and what was lost in it. */
export async function normalised(schema: Json, schemas: JsonObject = {}) {
  const body = { required: true, content: { 'application/json': { schema } } };
  const document = { ...describing({ requestBody: body }, { schemas }), openapi: '3.0.3' };
  const { blueprint } = await readText(document);
  return {
    schema: inputsOf(operationAt(blueprint, 'POST /things'))['body'],
    types: blueprint.types,
    omitted: blueprint.omitted,
  };
}
