import type { FileIssue, FlowNode, Json, PromptTemplate } from '@counterpart/schemas';
import { check, type Keywords } from '@counterpart/kit/schema';
import { didYouMean } from '../../kernel/nearest.ts';
import { isRequired, misfit } from '../../prompts/render.ts';
import { referencesInText, textsIn } from '../expression/references.ts';
import { partsOf } from '../expression/text.ts';
import { textsOfNode, type PlannedNode } from './plan.ts';
import type { ReadFlow, RunnableFlow } from './read-flow.ts';
import { asKeywords, schemaAt, typesOf } from './schema-path.ts';
import type { Tell } from './tell.ts';
import type { World } from './world.ts';

/** Own tools of flows: a flow calls none of them, so no flow can end in itself. */
const FLOWS_PREFIX = 'flows__';

/** Issues of a flow in this hub: tools, templates and models that are not there, and values of another type. */
export function checkWorld({ file, flow, lineOf }: ReadFlow, world: World): FileIssue[] {
  if (flow === undefined) return [];
  const issues: FileIssue[] = [];
  for (const planned of flow.plan.values()) {
    const at = ['nodes', planned.name];
    const tell: Tell = (path, message, fix, severity = 'error') =>
      issues.push({
        file,
        line: lineOf([...at, ...path]),
        path: [...at, ...path].join('.'),
        severity,
        message,
        fix,
      });
    checkNode(planned, { flow, world, tell });
  }
  return issues;
}

interface Checking {
  readonly flow: RunnableFlow;
  readonly world: World;
  readonly tell: Tell;
}

function checkNode({ node, kind }: PlannedNode, checking: Checking): void {
  const { world, tell } = checking;
  if (node.tool !== undefined) checkTool(node, node.tool, checking);
  if (node.prompt !== undefined) checkPrompt(node, node.prompt, checking);
  if (kind === 'prompt') {
    const problem = world.modelProblem(node.model ?? 'hub/auto');
    if (problem !== undefined)
      tell(
        node.model === undefined ? [] : ['model'],
        problem.message,
        '`hub providers` shows what there is.',
        problem.isSure ? 'error' : 'warning',
      );
  }
  checkReferences(node, checking);
}

function checkTool(node: FlowNode, name: string, checking: Checking): void {
  const { world, tell } = checking;
  if (name.startsWith(FLOWS_PREFIX))
    return tell(['tool'], 'a flow calls no other flow', 'Take the nodes of that flow into this one.');
  const tool = world.tool(name);
  if (tool === undefined)
    return tell(
      ['tool'],
      `there is no tool ${name}.${didYouMean(name, world.toolNames)}`,
      '`hub list --tools` shows all there are.',
    );
  if (tool === 'unlisted')
    return tell(
      ['tool'],
      `no server lists ${name}.${didYouMean(name, world.toolNames)}`,
      'Mend the name, unless the server has tools that it does not list.',
      'warning',
    );
  const given = node.arguments ?? {};
  checkArguments(given, tool.inputSchema, checking);
  const { readOnlyHint = false, idempotentHint = false } = tool.annotations ?? {};
  if ((node.retries ?? 0) > 0 && !readOnlyHint && !idempotentHint)
    tell(
      ['retries'],
      `${name} changes things: a second try may do it twice`,
      'Leave `retries` out, unless that does no harm.',
      'warning',
    );
}

function checkArguments(
  given: Readonly<Record<string, Json>>,
  inputSchema: unknown,
  checking: Checking,
): void {
  const { tell } = checking;
  const schema = asKeywords(inputSchema);
  if (schema === undefined) return;
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  for (const name of required)
    if (!Object.hasOwn(given, name))
      tell(['arguments'], `the tool needs ${name}`, `Give it under arguments.`);
  const properties = asKeywords(schema['properties']) ?? {};
  const names = Object.keys(properties);
  for (const [name, value] of Object.entries(given)) {
    const property = asKeywords(properties[name]);
    if (!Object.hasOwn(properties, name)) {
      if (schema['additionalProperties'] === false || names.length > 0)
        tell(
          ['arguments', name],
          `the tool has no argument ${name}.${didYouMean(name, names)}`,
          'Take it out, or mend its name.',
          schema['additionalProperties'] === false ? 'error' : 'warning',
        );
    } else if (property !== undefined)
      checkValue(value, { ...property, ...definitionsOf(schema) }, name, checking);
  }
}

const definitionsOf = (schema: Keywords): Keywords =>
  schema['$defs'] === undefined ? {} : { $defs: schema['$defs'] };

/** A value that is written out is checked whole; one that is referred to by the type that is known of it. */
function checkValue(value: Json, schema: Keywords, name: string, { flow, tell, world }: Checking): void {
  const path = ['arguments', name];
  const texts = textsIn(value, []).filter(({ text }) => text.includes('${'));
  if (texts.length === 0) {
    const [problem] = check(schema, value);
    if (problem !== undefined)
      tell(
        path,
        `${name} has to be ${problem.expected.replace(/^expected /, '')}`,
        'Write a value of that kind.',
      );
    return;
  }
  if (typeof value !== 'string') return;
  const [only, ...more] = partsOf(value);
  if (more.length > 0 || only === undefined || typeof only === 'string' || only.kind !== 'path') return;
  const given = typesOf(
    schemaAt({ root: only.root, steps: only.steps, isOptional: false }, { flow, world }).schema,
  );
  const wanted = typesOf(schema);
  if (given.size === 0 || wanted.size === 0 || [...given].some((type) => fits(type, wanted))) return;
  tell(
    path,
    `${name} has to be ${[...wanted].join(' or ')}, and ${value} is ${[...given].join(' or ')}`,
    'Refer to a value of that type, or turn it into one with code.',
  );
}

const fits = (type: string, wanted: ReadonlySet<string>): boolean =>
  wanted.has(type) ||
  (type === 'integer' && wanted.has('number')) ||
  (type === 'number' && wanted.has('integer'));

function checkPrompt(node: FlowNode, reference: string, { world, tell }: Checking): void {
  const [name = '', version] = reference.split('@');
  if (!world.templates.has(name))
    return tell(
      ['prompt'],
      `there is no prompt template ${name}.${didYouMean(name, world.templates.keys())}`,
      `Write prompts/${name}.md, or mend the name.`,
    );
  const template = world.templates.get(name);
  // An older version may have other arguments: they are looked at when it is used.
  if (version !== undefined) return;
  if (template === undefined)
    return tell(['prompt'], `the prompt template ${name} cannot be used`, '`hub prompts list` says why.');
  const given = Object.keys(node.arguments ?? {});
  for (const [argument, known] of Object.entries(template.arguments))
    if (isRequired(known) && !given.includes(argument))
      tell(['arguments'], `the template needs ${argument}`, 'Give it under arguments.');
  for (const argument of given)
    if (!Object.hasOwn(template.arguments, argument))
      tell(
        ['arguments', argument],
        `the template has no argument ${argument}.${didYouMean(argument, Object.keys(template.arguments))}`,
        'Take it out, or mend its name.',
      );
  checkWritten(node, template, tell);
}

/** Values that are written out, which the template does not take. */
function checkWritten({ arguments: given = {} }: FlowNode, template: PromptTemplate, tell: Tell): void {
  for (const [argument, value] of Object.entries(given)) {
    const known = Object.hasOwn(template.arguments, argument) ? template.arguments[argument] : undefined;
    const isWritten = textsIn(value, []).every(({ text }) => !text.includes('${'));
    const problem = known === undefined || !isWritten ? undefined : misfit(known, value);
    if (problem !== undefined)
      tell(['arguments', argument], `${argument} ${problem}`, 'Write a value of that kind.');
  }
}

/** Paths into outputs whose schema does not have them. */
function checkReferences(node: FlowNode, { flow, world, tell }: Checking): void {
  for (const { path, text } of textsOfNode(node))
    for (const reference of referencesInText(text)) {
      const { problem, isSure } = schemaAt(reference, { flow, world });
      if (problem === undefined || reference.isOptional) continue;
      tell(
        path,
        problem,
        'Refer to what the output has, or say what to take instead: ?? "…".',
        isSure ? 'error' : 'warning',
      );
    }
}
