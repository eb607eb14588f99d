import { hubError, type Structured } from '@counterpart/schemas';
import type { ChatTool, GenerationRequest, JsonMembers } from '../../../kernel/ports.ts';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { Dialect } from './dialects.ts';
import { type Listener, toMessages, type WireMessage } from './messages.ts';

/** Whom a question is written for. */
export interface Addressee extends Listener {
  readonly dialect: Dialect;
  /** The model's name at its provider. */
  readonly model: string;
  readonly takesTools: boolean;
  readonly structured: Structured;
  readonly maxOutputTokens: number;
  /** Parameters that this model was seen to refuse. */
  readonly refused: ReadonlySet<string>;
}

/** Throws MODEL_REFUSED for a seed that nobody would sow: the answers would look repeatable and not be. */
export function assertSeed(
  { seed }: Pick<GenerationRequest, 'seed'>,
  { dialect, model }: { readonly dialect: Pick<Dialect, 'seed'>; readonly model: string },
): void {
  if (seed !== undefined && dialect.seed === undefined)
    throw hubError('MODEL_REFUSED', {
      model,
      detail: 'it takes no `seed`: leave it out, or ask another model',
    });
}

/** The body of `POST /chat/completions` for this question, streamed. */
export function toBody(request: GenerationRequest, to: Addressee): JsonMembers {
  const body: JsonMembers = {
    model: to.model,
    messages: withFormatInWords(toMessages(request.items, to), request.format, to),
    stream: true,
    ...(to.dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
    ...lengthOf(request, to),
    ...sampling(request, to.dialect),
    ...toolsOf(request, to),
    ...responseFormat(request.format, to.structured),
  };
  for (const name of to.refused) delete body[name];
  return body;
}

function lengthOf(
  { maxTokens }: GenerationRequest,
  { dialect, maxOutputTokens, refused }: Addressee,
): JsonMembers {
  const most = Math.min(maxTokens ?? Number.MAX_SAFE_INTEGER, maxOutputTokens);
  const [name, other] =
    dialect.maxTokens === 'max_tokens'
      ? (['max_tokens', 'max_completion_tokens'] as const)
      : (['max_completion_tokens', 'max_tokens'] as const);
  return { [refused.has(name) && !refused.has(other) ? other : name]: most };
}

function sampling(request: GenerationRequest, dialect: Dialect): JsonMembers {
  const { temperature, topP, stop, seed, reasoningEffort, verbosity } = request;
  const { presencePenalty, frequencyPenalty } = request;
  return {
    ...(temperature === undefined ? {} : { temperature: Math.min(temperature, dialect.highestTemperature) }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(presencePenalty === undefined ? {} : { presence_penalty: presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequency_penalty: frequencyPenalty }),
    ...(verbosity === undefined || !dialect.verbosity ? {} : { verbosity }),
    ...(stop === undefined || stop.length === 0 || !dialect.stop ? {} : { stop: [...stop] }),
    ...(seed === undefined || dialect.seed === undefined ? {} : { [dialect.seed]: seed }),
    ...(reasoningEffort === undefined || !dialect.reasoningEffort
      ? {}
      : { reasoning_effort: reasoningEffort }),
  };
}

function toolsOf(request: GenerationRequest, { dialect, takesTools }: Addressee): JsonMembers {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  if (tools.length === 0 || !dialect.tools || !takesTools) return {};
  return {
    tools: tools.map((tool) => toTool(tool, dialect)),
    ...(toolChoice === undefined ? {} : { tool_choice: toChoice(toolChoice, dialect) }),
    ...(parallelToolCalls === undefined || !dialect.parallelToolCalls
      ? {}
      : { parallel_tool_calls: parallelToolCalls }),
  };
}

function toTool({ name, description, parameters, strict }: ChatTool, dialect: Dialect): JsonMembers {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: dialect.schemas === 'all' ? parameters : plain(parameters),
      ...(strict === undefined || !dialect.strictTools ? {} : { strict }),
    },
  };
}

function toChoice(choice: NonNullable<GenerationRequest['toolChoice']>, dialect: Dialect): unknown {
  if (typeof choice === 'object') return { type: 'function', function: { name: choice.name } };
  return choice === 'required' ? dialect.required : choice;
}

/** Of a schema's identity no model makes use, and strict parsers refuse it. The names of properties are left alone. */
const IDENTITY = new Set(['$schema', '$id', '$comment']);

function plain(schema: JsonMembers): JsonMembers {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !IDENTITY.has(name))
      .map(([name, value]) => [
        name,
        name === 'properties' || name === '$defs' ? plainEach(value) : plainValue(value),
      ]),
  );
}

const plainValue = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(plainValue) : isMembers(value) ? plain(value) : value;

const plainEach = (schemas: unknown): unknown =>
  isMembers(schemas)
    ? Object.fromEntries(Object.entries(schemas).map(([name, value]) => [name, plainValue(value)]))
    : schemas;

function responseFormat(format: GenerationRequest['format'], structured: Structured): JsonMembers {
  if (format === undefined || format.type === 'text' || structured === 'none') return {};
  if (format.type !== 'json_schema' || structured === 'json_object')
    return { response_format: { type: 'json_object' } };
  const { name, schema, strict } = format;
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name, schema, ...(strict === undefined ? {} : { strict }) },
    },
  };
}

/** Where a provider cannot hold a model to a form, the model is told of it. */
function withFormatInWords(
  messages: readonly WireMessage[],
  format: GenerationRequest['format'],
  { structured }: Addressee,
): readonly WireMessage[] {
  if (format === undefined || format.type === 'text' || structured === 'json_schema') return messages;
  if (format.type === 'json_object' && structured === 'json_object') return messages;
  const words =
    format.type === 'json_schema'
      ? `Answer with one JSON value that satisfies this JSON Schema, and with nothing else:\n${JSON.stringify(format.schema)}`
      : 'Answer with one JSON object, and with nothing else.';
  const [first, ...rest] = messages;
  if (first?.role === 'system' && typeof first.content === 'string')
    return [{ ...first, content: `${first.content}\n\n${words}` }, ...rest];
  return [{ role: 'system', content: words }, ...messages];
}
