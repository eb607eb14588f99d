import { isKeywords, type Keywords } from '@counterpart/kit/schema';
import type { Json } from '@counterpart/schemas';
import { didYouMean } from '../../kernel/nearest.ts';
import { pathText } from '../expression/evaluate.ts';
import type { Reference } from '../expression/references.ts';
import type { PlannedNode } from './plan.ts';
import type { RunnableFlow } from './read-flow.ts';
import type { World } from './world.ts';

/** What is known of the value that a path leads to. */
export interface KnownPlace {
  readonly schema: Keywords | undefined;
  /** Why the path leads nowhere. */
  readonly problem?: string;
  /** False: the schema allows members that it does not name. */
  readonly isSure?: boolean;
}

const UNKNOWN: KnownPlace = { schema: undefined };
const MOST_REFERENCES = 16;

/** Follows a path through the schemas of inputs and outputs, as far as they are known. */
export function schemaAt(
  reference: Reference,
  { flow, world }: { readonly flow: RunnableFlow; readonly world: World },
): KnownPlace {
  const { root, steps } = reference;
  if (root === 'inputs') return follow(asKeywords(flow.document.inputs), steps, 'inputs');
  const [name, member, ...rest] = steps;
  const planned = root === 'nodes' && typeof name === 'string' ? flow.plan.get(name) : undefined;
  if (planned === undefined || member !== 'output') return UNKNOWN;
  const isEach = planned.node.forEach !== undefined;
  const schema = outputSchema(planned, world);
  if (!isEach) return follow(schema, rest, pathText(root, steps.slice(0, 2)));
  return follow(
    { type: 'array', ...(schema === undefined ? {} : { items: schema }) },
    rest,
    pathText(root, steps.slice(0, 2)),
  );
}

function outputSchema({ node, kind }: PlannedNode, world: World): Keywords | undefined {
  switch (kind) {
    case 'tool': {
      const tool = world.tool(node.tool ?? '');
      return tool === undefined || tool === 'unlisted' ? undefined : asKeywords(tool.outputSchema);
    }
    case 'prompt': {
      const { format = 'text' } = node;
      if (format === 'text') return { type: 'string' };
      return format === 'json' ? undefined : asKeywords(format.schema);
    }
    case 'code':
      return undefined;
  }
}

function follow(schema: Keywords | undefined, steps: readonly (string | number)[], from: string): KnownPlace {
  let at = schema;
  let path = from;
  for (const step of steps) {
    const whole = at && dereferenced(at, schema);
    if (whole === undefined) return UNKNOWN;
    const next = stepInto(whole, step, path);
    if (next.problem !== undefined || next.schema === undefined) return next;
    at = next.schema;
    path = typeof step === 'number' ? `${path}[${step}]` : `${path}.${step}`;
  }
  return { schema: at && dereferenced(at, schema) };
}

function stepInto(schema: Keywords, step: string | number, path: string): KnownPlace {
  const [type, ...others] = typesOf(schema);
  // Of what can be of several types nothing is sure.
  if (type === undefined || others.length > 0) return UNKNOWN;
  if (type === 'object') return memberOf(schema, step, path);
  if (type !== 'array' && type !== 'string')
    return { schema: undefined, problem: `${path} has no members`, isSure: true };
  if (step === 'length') return { schema: { type: 'integer' } };
  if (type === 'array' && typeof step === 'number') return { schema: asKeywords(schema['items']) };
  const what = type === 'array' ? 'a list' : 'text';
  return { schema: undefined, problem: `${path} is ${what} and has no ${step}`, isSure: true };
}

function memberOf(schema: Keywords, step: string | number, path: string): KnownPlace {
  const properties = asKeywords(schema['properties']) ?? {};
  if (Object.hasOwn(properties, step)) return { schema: asKeywords(properties[step]) };
  const names = Object.keys(properties);
  if (names.length === 0 || typeof schema['additionalProperties'] === 'object') return UNKNOWN;
  return {
    schema: undefined,
    problem: `${path} has no ${step}.${didYouMean(String(step), names)}`,
    isSure: schema['additionalProperties'] === false,
  };
}

function dereferenced(schema: Keywords, root: Keywords | undefined): Keywords | undefined {
  let at: Keywords | undefined = schema;
  for (let turn = 0; turn < MOST_REFERENCES && at !== undefined; turn += 1) {
    const reference: Json | undefined = at['$ref'];
    if (typeof reference !== 'string') return at;
    at = asKeywords(asKeywords(root?.['$defs'])?.[reference.replace('#/$defs/', '')]);
  }
  return undefined;
}

/** Names of the types that a schema allows; empty: not known. */
export function typesOf(schema: Keywords | undefined): ReadonlySet<string> {
  const type = schema?.['type'];
  return new Set((Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string'));
}

/** A schema as an object; undefined for true, false and anything else. */
export function asKeywords(value: unknown): Keywords | undefined {
  const json = value as Json | undefined; // Schemas came as JSON.
  return isKeywords(json) ? json : undefined;
}
