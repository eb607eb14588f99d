import type { ResponsesRequest } from '@counterpart/schemas';
import type { RunEnd } from '../completions/usage.ts';
import { hubReport } from '../completions/usage.ts';
import type { WireItem } from './items.ts';

/** What stands in an answer of `/v1/responses` from its beginning. */
export interface ResponseHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly model: string;
  readonly request: ResponsesRequest;
  readonly conversation?: string | undefined;
}

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** How far it is. */
export interface ResponseState {
  readonly status: ResponseStatus;
  readonly output: readonly WireItem[];
  /** That answered, once it is known. */
  readonly model?: string | undefined;
  /** Seconds since the epoch. */
  readonly completedAt?: number | undefined;
  readonly incomplete?: string | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly end?: RunEnd | undefined;
}

/** A response as clients get it: every member that Open Responses (2026-04-24, ResponseResource) and OpenAI's clients need. */
export function toResource(head: ResponseHead, state: ResponseState): Readonly<Record<string, unknown>> {
  const { request, conversation } = head;
  const { end } = state;
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdAt,
    completed_at: state.completedAt ?? null,
    status: state.status,
    background: request.background ?? false,
    error: state.error ?? null,
    incomplete_details: state.incomplete === undefined ? null : { reason: state.incomplete },
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    model: state.model ?? head.model,
    output: state.output,
    previous_response_id: request.previous_response_id ?? null,
    conversation: conversation === undefined ? null : { id: conversation },
    store: request.store ?? true,
    ...settingsOf(request),
    usage: end === undefined ? null : usageOf(end),
    ...(end === undefined ? {} : { counterpart: hubReport(end) }),
  };
}

/** Members that come back as they were sent, or as this. */
const DEFAULTS = {
  parallel_tool_calls: true,
  presence_penalty: 0,
  frequency_penalty: 0,
  service_tier: 'default',
  temperature: 1,
  tool_choice: 'auto',
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
  safety_identifier: null,
  prompt_cache_key: null,
  metadata: {},
};

function settingsOf(request: ResponsesRequest): object {
  const { reasoning, text, tools } = request;
  return {
    ...Object.fromEntries(Object.entries(DEFAULTS).map(([name, usual]) => [name, request[name] ?? usual])),
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    text: { format: formatOf(text?.format), verbosity: text?.verbosity ?? 'medium' },
    tools: (tools ?? []).map(({ name, description, parameters, strict }) => ({
      type: 'function',
      name,
      description: description ?? null,
      parameters: parameters ?? null,
      strict: strict ?? null,
    })),
  };
}

function formatOf(format: NonNullable<ResponsesRequest['text']>['format']): object {
  if (format == null) return { type: 'text' };
  if (format.type !== 'json_schema') return format;
  return { ...format, description: format['description'] ?? null, strict: format.strict ?? false };
}

const usageOf = ({ usage: { input, output, cached, reasoning }, costUsd }: RunEnd) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached ?? 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning ?? 0 },
  total_tokens: input + output,
  cost: costUsd,
});
