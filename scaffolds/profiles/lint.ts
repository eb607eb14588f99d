import { SCHEMA_IN, SCHEMAS_LISTED_IN, SCHEMAS_NAMED_IN, type ToolDefinition } from '@counterpart/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CLIENT_PROFILES, type ClientProfile } from './profiles.ts';

/** Why a client of one profile would refuse a tool. */
export interface LintProblem {
  readonly tool: string;
  readonly profile: string;
  readonly rule:
    | 'name'
    | 'root'
    | 'property-key'
    | 'size'
    | 'description'
    | 'keyword'
    | 'items'
    | 'reference'
    | 'schema';
  /** In words, with the place in the schema where there is one. */
  readonly detail: string;
}

type Found = Pick<LintProblem, 'rule' | 'detail'>;

/** What is wrong with a tool for one profile, or for every profile; empty when it can be offered to all of them. */
export function lintTool(tool: ToolDefinition, profile?: ClientProfile): LintProblem[] {
  const profiles = profile ? [profile] : CLIENT_PROFILES;
  const general = [...referenceProblems(tool.inputSchema), ...compileProblems(tool.inputSchema)];
  return profiles.flatMap((one) =>
    [
      ...nameProblems(tool, one),
      ...rootProblems(tool, one),
      ...sizeProblems(tool, one),
      ...nodeProblems(tool.inputSchema, one),
      ...general,
    ].map((found) => ({ tool: tool.name, profile: one.id, ...found })),
  );
}

function nameProblems({ name }: ToolDefinition, profile: ClientProfile): Found[] {
  const room = profile.maxNameLength - profile.prefixRoom;
  if (!profile.name.test(name))
    return [{ rule: 'name', detail: `${name.slice(0, 80)} has characters that are not accepted` }];
  return name.length > room ? [{ rule: 'name', detail: `${name.length} characters, more than ${room}` }] : [];
}

function rootProblems({ inputSchema }: ToolDefinition, profile: ClientProfile): Found[] {
  const combinators = profile.forbiddenRootKeywords
    .filter((keyword) => Object.hasOwn(inputSchema, keyword))
    .map((keyword): Found => ({ rule: 'root', detail: `${keyword} at the root of the input schema` }));
  // A definition from another program may not keep the promise of its type.
  const type: unknown = inputSchema.type;
  return type === 'object'
    ? combinators
    : [...combinators, { rule: 'root', detail: 'the input schema is not an object schema' }];
}

function sizeProblems({ inputSchema, description }: ToolDefinition, profile: ClientProfile): Found[] {
  const bytes = Buffer.byteLength(JSON.stringify(inputSchema));
  const length = description?.length ?? 0;
  return [
    ...(bytes > profile.maxSchemaBytes
      ? [{ rule: 'size', detail: `${bytes} bytes of input schema` } as const]
      : []),
    ...(length > profile.maxDescriptionLength
      ? [{ rule: 'description', detail: `${length} characters` } as const]
      : []),
  ];
}

interface Node {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly at: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every schema object inside a schema, itself first; values of `enum`, `default` and `examples` are data and not visited. */
function nodesOf(root: unknown): Node[] {
  const nodes: Node[] = [];
  const stack: { value: unknown; at: string }[] = [{ value: root, at: '#' }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value: schema, at } = next;
    if (!isObject(schema)) continue;
    nodes.push({ schema, at });
    for (const keyword of SCHEMA_IN) stack.push({ value: schema[keyword], at: `${at}/${keyword}` });
    for (const keyword of SCHEMAS_LISTED_IN) pushAll(schema[keyword], `${at}/${keyword}`, stack);
    for (const keyword of [...SCHEMAS_NAMED_IN, '$defs']) pushAll(schema[keyword], `${at}/${keyword}`, stack);
  }
  return nodes;
}

function pushAll(values: unknown, at: string, stack: { value: unknown; at: string }[]): void {
  if (typeof values !== 'object' || values === null) return;
  for (const [key, value] of Object.entries(values)) stack.push({ value, at: `${at}/${key}` });
}

function nodeProblems(inputSchema: unknown, profile: ClientProfile): Found[] {
  return nodesOf(inputSchema).flatMap(({ schema, at }) => [
    ...keysOf(schema)
      .filter((key) => !profile.propertyKey.test(key))
      .map((key): Found => ({
        rule: 'property-key',
        detail: `${JSON.stringify(key.slice(0, 80))} at ${at}`,
      })),
    ...profile.forbiddenKeywords
      .filter((keyword) => Object.hasOwn(schema, keyword))
      .map((keyword): Found => ({ rule: 'keyword', detail: `${keyword} at ${at}` })),
    ...(profile.arraysNeedItems && lacksItems(schema)
      ? [{ rule: 'items', detail: `an array without items at ${at}` } as const]
      : []),
  ]);
}

const keysOf = (schema: Node['schema']): string[] =>
  isObject(schema['properties']) ? Object.keys(schema['properties']) : [];

const lacksItems = (schema: Node['schema']): boolean =>
  schema['type'] === 'array' && schema['items'] === undefined && schema['prefixItems'] === undefined;

function referenceProblems(inputSchema: Readonly<Record<string, unknown>>): Found[] {
  const defs = isObject(inputSchema['$defs']) ? inputSchema['$defs'] : {};
  return nodesOf(inputSchema).flatMap(({ schema, at }): Found[] => {
    const reference = schema['$ref'];
    if (typeof reference !== 'string' || reference === '#') return [];
    const name = reference.startsWith('#/$defs/') ? reference.slice('#/$defs/'.length) : undefined;
    if (name !== undefined && Object.hasOwn(defs, name)) return [];
    return [{ rule: 'reference', detail: `${reference.slice(0, 120)} at ${at} leads nowhere` }];
  });
}

let compiler: Ajv2020 | undefined;

function compileProblems(inputSchema: Readonly<Record<string, unknown>>): Found[] {
  // One instance for all, because it compiles its own meta-schemas first; what it compiled is given back each time.
  // The code is never run, so optimising it would only cost time.
  compiler ??= new Ajv2020({
    strict: false,
    validateFormats: false,
    logger: false,
    addUsedSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  });
  try {
    compiler.compile(inputSchema);
    return [];
  } catch (error) {
    return [{ rule: 'schema', detail: error instanceof Error ? error.message : String(error) }];
  } finally {
    compiler.removeSchema(inputSchema);
  }
}
