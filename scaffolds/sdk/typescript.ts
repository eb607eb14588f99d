import { slotsOf } from '@counterpart/kit';
import type { Blueprint, Operation } from '@counterpart/schemas';
import { camelCase, pascalCase, uniqueNames } from './names.ts';
import { commentText, propertyName, quoted } from './ts-text.ts';
import { circularAliases, typeText, type TypeNames } from './ts-types.ts';

/** What the generated file itself declares. */
const OWN_NAMES = new Set(['Client', 'ClientOptions', 'Settings', 'FileValue', 'ServiceError', 'InputError']);
/** Members that every class has, or that a promise would be taken by. */
const OWN_METHODS = new Set(['constructor', 'then', 'call']);

const LONGEST_COMMENT = 400;

/** Names of types and operations in the generated code; stable for one blueprint. */
function namesOf(blueprint: Blueprint) {
  const typeNames = uniqueNames(Object.keys(blueprint.types), pascalCase, OWN_NAMES);
  const operations = blueprint.operations.map(({ name }) => name);
  const inputNames = uniqueNames(
    operations,
    (name) => `${pascalCase(name)}Input`,
    new Set([...OWN_NAMES, ...typeNames.values()]),
  );
  const methods = uniqueNames(operations, camelCase, OWN_METHODS);
  const names: TypeNames = { nameOf: typeNames, circular: circularAliases(blueprint.types) };
  return { names, inputNames, methods };
}

/** Types and a client class, as TypeScript that needs nothing but the runtime beside it. */
export function typescriptSource(blueprint: Blueprint): string {
  const { names, inputNames, methods } = namesOf(blueprint);
  const types = Object.entries(blueprint.types).map(([name, schema]) => {
    const comment = typeof schema === 'boolean' ? '' : commentText(schema['description'], LONGEST_COMMENT);
    return `${comment.trimEnd()}${comment === '' ? '' : '\n'}export type ${names.nameOf.get(name) ?? ''} = ${typeText(schema, names, name)};\n`;
  });
  const inputs = blueprint.operations.map(
    ({ name, input }) => `export type ${inputNames.get(name) ?? ''} = ${typeText(input, names)};\n`,
  );
  const calls = blueprint.operations.map((operation) =>
    method(operation, {
      name: methods.get(operation.name) ?? '',
      input: inputNames.get(operation.name) ?? '',
      output: operation.output === undefined ? 'unknown' : typeText(operation.output, names),
    }),
  );
  return [HEAD, ...types, '', settings(blueprint), '', ...inputs, '', CLIENT_HEAD, ...calls, '}', ''].join(
    '\n',
  );
}

const HEAD = `// Written by \`hub sdk\`: changes are lost when it is written anew.
import { readFileSync } from 'node:fs';
import { createServiceClient, type ServiceClient } from './runtime.js';

export { InputError, ServiceError } from './runtime.js';
`;

const CLIENT_HEAD = `export interface ClientOptions {
  /** What the service is reached with; what is absent is read from the environment. */
  readonly settings?: Settings;
}

export class Client {
  readonly #service: ServiceClient;

  constructor({ settings = {} }: ClientOptions = {}) {
    const given = new Map<string, string | undefined>(Object.entries(settings));
    const blueprint: unknown = JSON.parse(readFileSync(new URL('./blueprint.json', import.meta.url), 'utf8'));
    this.#service = createServiceClient(blueprint, (name) => given.get(name) ?? process.env[name]);
  }
`;

interface Method {
  readonly name: string;
  readonly input: string;
  readonly output: string;
}

function method(operation: Operation, { name, input, output }: Method): string {
  const { description, input: schema } = operation;
  const required =
    typeof schema === 'object' && Array.isArray(schema['required']) && schema['required'].length > 0;
  return [
    '',
    `  ${commentText(description, LONGEST_COMMENT).trimEnd()}`.trimEnd(),
    `  async ${name}(input: ${input}${required ? '' : ' = {}'}, signal?: AbortSignal): Promise<${output}> {`,
    `    return (await this.#service.call(${quoted(operation.name)}, input, signal)) as ${output};`,
    '  }',
  ]
    .filter((line, index) => line !== '' || index === 0)
    .join('\n');
}

/** The variables a server of the same blueprint reads, as members of the client's settings. */
function settings(blueprint: Blueprint): string {
  const { config, secrets } = slotsOf(blueprint);
  const members = [...config, ...secrets].map(({ name, description }) => {
    const comment = commentText(description).trimEnd();
    return `${comment === '' ? '' : `  ${comment}\n`}  readonly ${propertyName(name)}?: string;`;
  });
  return `export interface Settings {\n${members.join('\n')}\n}`;
}

/** Declarations of the runtime that is written beside the client. */
export const RUNTIME_DECLARATIONS = `// Written by \`hub sdk\`.
export declare class ServiceError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer as JSON, text or bytes. */
  readonly data: unknown;
}
export declare class InputError extends Error {
  readonly problems: readonly string[];
}
export interface ServiceClient {
  call(operation: string, input: object, signal?: AbortSignal): Promise<unknown>;
}
export declare function createServiceClient(
  blueprint: unknown,
  env: (name: string) => string | undefined,
): ServiceClient;
`;
