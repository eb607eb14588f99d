import { JsonValue, hubError, type FlowStep, type Json } from '@counterpart/schemas';
import { z } from 'zod';
import type { PlannedNode } from '../document/plan.ts';
import { evaluate, isList, isTrue, resolve, type Scope } from '../expression/evaluate.ts';
import { bareExpression } from '../expression/text.ts';
import { renderTemplate } from '../../prompts/render.ts';
import type { Prompts } from '../../prompts/prompts.ts';

/** What a node is to do: once, or once for each item of a list. */
export type Prepared =
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'once'; readonly input: Json }
  | { readonly kind: 'each'; readonly inputs: readonly Json[] };

/** A template as a run holds on to it. */
export type TemplateOf = (name: string) => ReturnType<Prompts['template']>;

/** Of one list; longer ones belong in a service of their own. */
const MOST_ITEMS = 1_000;
const Members = z.record(z.string(), JsonValue);

/** What expressions see of a run: its inputs, and the nodes that are over. */
export function scopeOf(inputs: Readonly<Record<string, Json>>, steps: Iterable<FlowStep>): Scope {
  const nodes: Record<string, Json> = {};
  for (const { node, item, state, output } of steps)
    if (item === undefined) nodes[node] = { state, output: output ?? null };
  return { inputs, nodes };
}

/** Puts values in the place of expressions. Throws FLOW_REFERENCE, FLOW_VALUE, PROMPT_ARGUMENT and PROMPT_VERSION_UNKNOWN. */
export async function prepare(
  { name, node }: PlannedNode,
  scope: Scope,
  templateOf: TemplateOf,
): Promise<Prepared> {
  const place = `nodes.${name}`;
  const { when, forEach } = node;
  if (when !== undefined && !isTrue(bareExpression(when), scope))
    return { kind: 'skip', reason: `its condition does not hold: ${when}` };
  if (forEach === undefined) return { kind: 'once', input: await inputOf({ name, node }, scope, templateOf) };
  const items =
    typeof forEach === 'string'
      ? evaluate(bareExpression(forEach), scope, `${place}.forEach`)
      : resolve(forEach, scope, `${place}.forEach`);
  if (!isList(items))
    throw hubError('FLOW_VALUE', {
      place: `${place}.forEach`,
      detail: `a list is needed, and it is ${typeName(items)}`,
    });
  if (items.length > MOST_ITEMS)
    throw hubError('FLOW_VALUE', {
      place: `${place}.forEach`,
      detail: `the list has ${items.length} items; ${MOST_ITEMS} are the most`,
    });
  const inputs: Json[] = [];
  for (const [index, item] of items.entries())
    inputs.push(await inputOf({ name, node }, { ...scope, item, index }, templateOf));
  return { kind: 'each', inputs };
}

const typeName = (value: Json): string => (value === null ? 'null' : `of the type ${typeof value}`);

async function inputOf(
  { name, node }: Pick<PlannedNode, 'name' | 'node'>,
  scope: Scope,
  templateOf: TemplateOf,
): Promise<Json> {
  const place = `nodes.${name}`;
  const { tool, code, prompt, messages, input = null } = node;
  if (code !== undefined) return resolve(input, scope, `${place}.input`);
  if (tool === undefined && prompt === undefined) return resolveMessages(messages ?? [], scope, place);
  const given = Members.parse(resolve(node.arguments ?? {}, scope, `${place}.arguments`));
  if (prompt === undefined) return given;
  const { template } = await templateOf(prompt);
  return renderTemplate(prompt, template, given).map((message) => ({ ...message }));
}

function resolveMessages(
  messages: NonNullable<PlannedNode['node']['messages']>,
  scope: Scope,
  place: string,
): Json {
  const all = typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages;
  return all.map(({ role, content }, at) => {
    const value = resolve(content, scope, `${place}.messages[${at}]`);
    return { role, content: typeof value === 'string' ? value : JSON.stringify(value) };
  });
}
