import { z } from 'zod';

// What clients of OpenAI's endpoints send to `/v1`. Members that are not named here are taken and left alone, as clients of
// many programs and years send many; those that are named have to fit.

/** A JSON Schema, which the model and whoever checks its answer read. */
const Members = z.record(z.string(), z.unknown());
const Name = z.string().min(1).max(256);
const CallId = z.string().min(1).max(256);
const Temperature = z.number().min(0).max(2).nullish();
const TopP = z.number().min(0).max(1).nullish();
const Tokens = z.int().min(1).nullish();
const Metadata = z.record(z.string(), z.string().max(512)).nullish();
const Detail = z.enum(['auto', 'low', 'high', 'original']).nullish();

/** Members that are the hub's own, in any request; clients that know nothing of them leave them out. */
export const HubOptions = z.strictObject({
  conversation: Name.optional().describe('The conversation of the hub that this belongs to.'),
  view: z
    .union([z.enum(['all', 'none']), z.strictObject({ server: Name }), z.strictObject({ profile: Name })])
    .optional()
    .describe('Which of the hub’s tools may be used: all (the default), none, a server’s, or a profile’s.'),
  limits: z
    .strictObject({
      rounds: z.int().min(1).max(1000).optional(),
      timeMs: z.int().min(1).optional(),
      tokens: z.int().min(1).optional(),
      costUsd: z.number().min(0).optional(),
    })
    .optional()
    .describe('The most that the run may take.'),
  samples: z.int().min(1).max(15).optional().describe('Answers that are compared with each other.'),
  resumable: z
    .boolean()
    .optional()
    .describe('A stream goes on for a while after its connection was lost, to be taken up again.'),
});
export type HubOptions = z.infer<typeof HubOptions>;

const TextPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const ImagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: z.string().min(1), detail: Detail }),
});
const RefusalPart = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const texts = z.union([z.string(), z.array(TextPart).min(1)]);

const FunctionCall = z.looseObject({
  id: CallId,
  type: z.literal('function').optional(),
  function: z.looseObject({ name: Name, arguments: z.string() }),
});

/** A message of `/v1/chat/completions`. */
export const ChatMessage = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content: texts }),
  z.looseObject({ role: z.literal('developer'), content: texts }),
  z.looseObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, ImagePart])).min(1)]),
  }),
  z.looseObject({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, RefusalPart]))]).nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(FunctionCall).nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), tool_call_id: CallId, content: texts }),
]);
export type ChatMessage = z.infer<typeof ChatMessage>;

const FunctionTool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: Name,
    description: z.string().nullish(),
    parameters: Members.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const NamedChoice = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({ name: Name }),
});

/** How a text is to be formed, as both endpoints know it but for where the schema stands. */
const JsonFormat = {
  name: z.string().min(1).max(64),
  schema: Members,
  strict: z.boolean().nullish(),
};

/** The body of `POST /v1/chat/completions`. */
export const ChatCompletionRequest = z.looseObject({
  model: Name.nullish(),
  messages: z.array(ChatMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: Temperature,
  top_p: TopP,
  max_tokens: Tokens,
  max_completion_tokens: Tokens,
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1, 'only one answer at a time: leave `n` out, or ask several times').nullish(),
  logprobs: z.literal(false, 'log probabilities are not available here').nullish(),
  reasoning_effort: z.string().nullish(),
  tools: z.array(FunctionTool).max(2000).nullish(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), NamedChoice]).nullish(),
  functions: z.undefined('send `tools`, which took its place').optional(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.enum(['text', 'json_object']) }),
      z.looseObject({ type: z.literal('json_schema'), json_schema: z.looseObject(JsonFormat) }),
    ])
    .nullish(),
  metadata: Metadata,
  counterpart: HubOptions.optional(),
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;

const InputPart = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.looseObject({ type: z.literal('input_image'), image_url: z.string().min(1), detail: Detail }),
]);
const InputMessage = z.looseObject({
  type: z.literal('message').optional(),
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(InputPart)]),
});

/** An item of the `input` of `/v1/responses` (Open Responses 2026-04-24, items). Without a type it is a message. */
export const ResponseInputItem = z.union([
  z.discriminatedUnion('type', [
    InputMessage.extend({ type: z.literal('message') }),
    z.looseObject({
      type: z.literal('function_call'),
      call_id: CallId,
      name: Name,
      arguments: z.string(),
    }),
    z.looseObject({
      type: z.literal('function_call_output'),
      call_id: CallId,
      output: z.union([z.string(), z.array(InputPart)]),
    }),
    z.looseObject({
      type: z.literal('reasoning'),
      summary: z.array(z.looseObject({ text: z.string() })).nullish(),
    }),
    // The hub's own calls, as it shows them: they were answered, and stand in what is stored.
    z.looseObject({
      type: z.literal('mcp_call'),
      id: CallId,
      name: Name,
      arguments: z.string(),
      output: z.string().nullish(),
      error: z.string().nullish(),
    }),
    z.looseObject({ type: z.enum(['mcp_list_tools', 'mcp_approval_request']) }),
    z.looseObject({
      type: z.literal('mcp_approval_response'),
      approval_request_id: CallId,
      approve: z.boolean(),
    }),
  ]),
  InputMessage,
]);
export type ResponseInputItem = z.infer<typeof ResponseInputItem>;

/** The body of `POST /v1/responses`. */
export const ResponsesRequest = z.looseObject({
  model: Name.nullish(),
  input: z.union([z.string(), z.array(ResponseInputItem)]).nullish(),
  instructions: z.string().nullish(),
  previous_response_id: Name.nullish(),
  conversation: z.union([Name, z.looseObject({ id: Name })]).nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  temperature: Temperature,
  top_p: TopP,
  max_output_tokens: Tokens,
  max_tool_calls: z.int().min(1).nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal('function', 'only tools of type "function" are the caller’s; the hub brings its own'),
        name: Name,
        description: z.string().nullish(),
        parameters: Members.nullish(),
        strict: z.boolean().nullish(),
      }),
    )
    .max(2000)
    .nullish(),
  tool_choice: z
    .union([z.enum(['auto', 'none', 'required']), z.looseObject({ type: z.literal('function'), name: Name })])
    .nullish(),
  text: z
    .looseObject({
      format: z
        .discriminatedUnion('type', [
          z.looseObject({ type: z.enum(['text', 'json_object']) }),
          z.looseObject({ type: z.literal('json_schema'), ...JsonFormat }),
        ])
        .nullish(),
      verbosity: z.string().nullish(),
    })
    .nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  service_tier: z.string().nullish(),
  metadata: Metadata,
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  counterpart: HubOptions.optional(),
});
export type ResponsesRequest = z.infer<typeof ResponsesRequest>;

/** The body of `POST /v1/embeddings`. */
export const EmbeddingsRequest = z.looseObject({
  model: Name,
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1), 'texts are taken here, tokens are not').min(1).max(2048),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
});
export type EmbeddingsRequest = z.infer<typeof EmbeddingsRequest>;

/** The body of `POST /v1/conversations` and of its items. */
export const ConversationRequest = z.looseObject({
  items: z.array(ResponseInputItem).max(1000).nullish(),
  metadata: Metadata,
});
export type ConversationRequest = z.infer<typeof ConversationRequest>;
