import { JsonValue, hubError, type FlowNode, type Json } from '@counterpart/schemas';
import { PromptMessage } from '@counterpart/schemas/flows/prompt';
import { check, isKeywords, problemText, type Keywords } from '@counterpart/kit/schema';
import { z } from 'zod';
import { isMembers } from '../../kernel/protocol/members.ts';
import type {
  ChatItem,
  GenerationSettings,
  PendingCalls,
  RunEvent,
  RunRequest,
  ViewSelector,
} from '../../kernel/ports.ts';
import { askModel } from '../../orchestrator/loop/answer/ask-model.ts';
import { Budget } from '../../orchestrator/loop/budget.ts';
import type { Try } from './try.ts';

const AUTO = 'hub/auto';
const SHOWN_SCHEMA = 8_000;
const Messages = z.array(PromptMessage);

/** What is asked of a model. */
export interface Asked {
  readonly name: string;
  readonly node: Pick<FlowNode, 'model' | 'format' | 'temperature' | 'maxTokens' | 'tools'>;
  /** Messages, as JSON. */
  readonly input: Json;
  /** What the run may still take. */
  readonly left: { readonly tokens: number; readonly costUsd?: number | undefined };
}

/** A call of the model's own waits for a person, under this id of the chat's. */
export class WaitsForPerson extends Error {
  readonly pending: string;
  readonly calls: Json;

  constructor(pending: string, calls: Json) {
    super(`waits for a person under ${pending}`);
    this.pending = pending;
    this.calls = calls;
  }
}

/** Asks a model; its answer as text, or as JSON where the node has a format. Throws FLOW_ANSWER and the errors of models. */
export async function askPrompt(asked: Asked, attempt: Try): Promise<Json> {
  const { node } = asked;
  const items = [...Messages.parse(asked.input).map(toItem), ...formatItem(node.format)];
  const text = isAlone(node)
    ? await askOne(asked, items, attempt)
    : await askWithTools(asked, items, attempt);
  return readAnswer(asked, text, attempt);
}

/** Whether the model may call nothing. */
export const isAlone = ({ tools = 'none' }: Pick<FlowNode, 'tools'>): boolean => tools === 'none';

/** Goes on with an answer that waited for a person's word on its calls. */
export async function goOnAsking(
  asked: Asked,
  word: { readonly pending: string; readonly decision: 'approve' | 'reject' },
  attempt: Try,
): Promise<Json> {
  const { room, signal } = attempt;
  const orchestrator = await room.orchestrator();
  const events = await orchestrator.decide(word.pending, word.decision, signal);
  return readAnswer(asked, await follow(events, attempt), attempt);
}

async function askOne(
  asked: Asked,
  items: readonly ChatItem[],
  { room, meter, signal }: Try,
): Promise<string> {
  const { model = AUTO } = asked.node;
  const settings = settingsOf(asked);
  const question = { asked: model, items, toolCount: 0, principal: room.principal, settings };
  const decision = room.router.choose(await room.router.prepare(question, signal));
  meter.model = decision.model;
  const budget = new Budget(room.config(), asked.left);
  try {
    const turn = await askModel({ ...settings, items, isWhole: true }, decision, {
      room,
      budget,
      emit: () => undefined,
      signal,
    });
    meter.model = turn.decision.model;
    return turn.text + turn.held;
  } finally {
    meter.inputTokens += budget.input;
    meter.outputTokens += budget.output;
    meter.costUsd += budget.costUsd;
  }
}

async function askWithTools(asked: Asked, items: readonly ChatItem[], attempt: Try): Promise<string> {
  const { room, signal } = attempt;
  const { model = AUTO, tools = 'none' } = asked.node;
  const request: RunRequest = {
    model,
    items,
    settings: settingsOf(asked),
    view: viewOf(tools),
    principal: room.principal,
    limits: asked.left,
    isWhole: true,
  };
  return await follow((await room.orchestrator()).run(request, signal), attempt);
}

function viewOf(tools: NonNullable<FlowNode['tools']>): ViewSelector | 'none' {
  if (tools === 'none') return 'none';
  if (tools === 'all') return { kind: 'all' };
  return 'server' in tools ? { kind: 'server', id: tools.server } : { kind: 'profile', name: tools.profile };
}

/** The text of an answer; calls and what they took are counted. Throws WaitsForPerson. */
async function follow(events: AsyncIterable<RunEvent>, { meter, room }: Try): Promise<string> {
  let text = '';
  const given = new Map<string, Record<string, Json>>();
  let waits: WaitsForPerson | undefined;
  for await (const event of events) {
    if (event.type === 'text') text += event.delta;
    else if (event.type === 'tool-started') {
      given.set(event.callId, argumentsOf(event.arguments));
      // What was said before a call is not the answer.
      text = '';
    } else if (event.type === 'tool-ended') {
      const { name, callId, isError, durationMs } = event;
      meter.calls.push({ name, arguments: given.get(callId) ?? {}, isError, durationMs });
    } else if (event.type === 'approval') waits = waitsFor(event.pending);
    else if (event.type === 'end') {
      meter.model = event.model;
      meter.inputTokens += event.usage.input;
      meter.outputTokens += event.usage.output;
      meter.costUsd += event.costUsd;
      if (event.problem !== undefined) throw event.problem;
    }
  }
  if (waits !== undefined) throw waits;
  return room.clean(text.trim());
}

function waitsFor({ id, calls }: PendingCalls): WaitsForPerson {
  const shown = calls.map(({ tool, arguments: input }) => ({ tool, arguments: input }));
  return new WaitsForPerson(id, JsonValue.parse(shown));
}

function argumentsOf(text: string): Record<string, Json> {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return isMembers(value) ? z.record(z.string(), JsonValue).parse(value) : {};
  } catch {
    return {};
  }
}

const toItem = ({ role, content }: PromptMessage): ChatItem => ({
  type: 'message',
  role,
  content: [{ type: 'text', text: content }],
});

/** Providers that know nothing of formats are told in words. */
function formatItem(format: FlowNode['format']): ChatItem[] {
  if (format === undefined || format === 'text') return [];
  const schema = format === 'json' ? undefined : JSON.stringify(format.schema);
  const fitting =
    schema === undefined || schema.length > SHOWN_SCHEMA ? '' : ` It has to fit this JSON Schema: ${schema}`;
  return [toItem({ role: 'system', content: `Answer with JSON alone, without any other words.${fitting}` })];
}

function settingsOf({ name, node }: Asked): GenerationSettings {
  const { format = 'text', temperature, maxTokens } = node;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(format === 'text' ? {} : { format: formatOf(name, format) }),
  };
}

function formatOf(
  name: string,
  format: Exclude<FlowNode['format'], 'text' | undefined>,
): NonNullable<GenerationSettings['format']> {
  const schema = schemaOf(format);
  return schema === undefined
    ? { type: 'json_object' }
    : { type: 'json_schema', name, schema: { ...schema } };
}

function schemaOf(format: Asked['node']['format']): Keywords | undefined {
  return typeof format === 'object' && isKeywords(format.schema) ? format.schema : undefined;
}

function readAnswer({ name, node }: Asked, text: string, { room, meter }: Try): Json {
  const { format = 'text' } = node;
  if (format === 'text') return room.clean(text);
  const model = meter.model ?? AUTO;
  const value = jsonIn(room.clean(text));
  if (value === undefined)
    throw hubError('FLOW_ANSWER', {
      node: name,
      model,
      detail: `there is no JSON in "${text.trim().slice(0, 120)}"`,
    });
  const schema = schemaOf(format);
  const problems = schema === undefined ? [] : check(schema, value);
  if (problems.length > 0)
    throw hubError('FLOW_ANSWER', {
      node: name,
      model,
      detail: problems.slice(0, 3).map(problemText).join('; '),
    });
  return value;
}

/** The JSON of an answer: the whole of it, what stands in a fence, or from its first bracket to its last. */
function jsonIn(text: string): Json | undefined {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1];
  const bare = /[[{][\s\S]*[\]}]/.exec(text)?.[0];
  for (const candidate of [text, fenced, bare]) {
    if (candidate === undefined) continue;
    try {
      const value: unknown = JSON.parse(candidate);
      return JsonValue.parse(value);
    } catch {
      continue;
    }
  }
  return undefined;
}
