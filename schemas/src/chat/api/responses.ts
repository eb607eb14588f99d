import { z } from 'zod';
import {
  AllowedMode,
  CallId,
  Detail,
  differentNames,
  FileContent,
  HubOptions,
  ImageUrl,
  JsonFormat,
  Members,
  Metadata,
  Name,
  refused,
  Sampling,
  Tokens,
  ToolMode,
  Verbosity,
} from './common.ts';

const InputPart = z.discriminatedUnion(
  'type',
  [
    z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() }),
    z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
    z.looseObject({
      type: z.literal('input_image'),
      image_url: ImageUrl,
      detail: Detail,
      file_id: refused('no files are stored here: send `image_url`'),
    }),
    z.looseObject({ type: z.literal('input_file'), ...FileContent }),
  ],
  { error: 'parts of type "input_text", "input_image", "input_file" and "output_text" are taken' },
);
const InputMessage = z.looseObject({
  type: z.literal('message').optional(),
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(InputPart)]),
});

const TYPES = [
  'message',
  'function_call',
  'function_call_output',
  'reasoning',
  'item_reference',
  'mcp_call',
  'mcp_approval_response',
];

/** An item of the `input` of `/v1/responses` (Open Responses 2026-04-24, items). Without a type it is a message. */
export const ResponseInputItem = z.union([
  z.discriminatedUnion(
    'type',
    [
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
      // An item of an answer that is kept here: clients send its id in its place.
      z.looseObject({ type: z.literal('item_reference'), id: CallId }),
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
    ],
    { error: `an item has one of the types ${TYPES.join(', ')}` },
  ),
  InputMessage,
]);
export type ResponseInputItem = z.infer<typeof ResponseInputItem>;

const NamedTool = z.looseObject({ type: z.literal('function'), name: Name });
const ToolChoice = z.discriminatedUnion('type', [
  NamedTool,
  z.looseObject({ type: z.literal('allowed_tools'), mode: AllowedMode, tools: z.array(NamedTool).min(1) }),
]);

/** What clients ask to be told more of. Where there is no such thing, as of tools that the hub does not have, nothing is told. */
const Include = z.enum(
  [
    'reasoning.encrypted_content',
    'message.input_image.image_url',
    'file_search_call.results',
    'web_search_call.results',
    'web_search_call.action.sources',
    'code_interpreter_call.outputs',
    'computer_call_output.output.image_url',
  ],
  'nothing of this name can be included here',
);

/** The body of `POST /v1/responses`. */
export const ResponsesRequest = z.looseObject({
  model: Name.nullish(),
  input: z.union([z.string(), z.array(ResponseInputItem)]).nullish(),
  instructions: z.string().nullish(),
  previous_response_id: Name.nullish(),
  conversation: z.union([Name, z.looseObject({ id: Name })]).nullish(),
  prompt: refused('no prompts are stored here: send `instructions` and `input`'),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  include: z.array(Include).nullish(),
  ...Sampling,
  max_output_tokens: Tokens,
  max_tool_calls: z.int().min(1).nullish(),
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
    .superRefine(differentNames((tool) => tool.name, ['name']))
    .nullish(),
  tool_choice: z.union([ToolMode, ToolChoice]).nullish(),
  text: z
    .looseObject({
      format: z
        .discriminatedUnion('type', [
          z.looseObject({ type: z.enum(['text', 'json_object']) }),
          z.looseObject({ type: z.literal('json_schema'), ...JsonFormat }),
        ])
        .nullish(),
      verbosity: Verbosity,
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

/** What a client says over the WebSocket at `/v1/responses`: a request, or input for an answer that is under way. */
export const ResponseSocketEvent = z.discriminatedUnion(
  'type',
  [
    ResponsesRequest.extend({
      type: z.literal('response.create'),
      stream: z.literal(true, 'over a WebSocket every answer is streamed').nullish(),
      background: z
        .literal(false, 'over a WebSocket no answer is made in the background: ask over HTTP')
        .nullish(),
      /** Requests of one lane are answered one after another, and their events bear its name. */
      stream_id: z.string().min(1).max(64).nullish(),
      /** False: no model is asked, and the answer is there to go on from. */
      generate: z.boolean().nullish(),
    }),
    z.looseObject({
      type: z.literal('response.steer'),
      previous_response_id: Name,
      input: z.union([z.string(), z.array(ResponseInputItem)]),
    }),
  ],
  { error: 'events of type "response.create" and "response.steer" are taken' },
);
export type ResponseSocketEvent = z.infer<typeof ResponseSocketEvent>;

/** The body of `POST /v1/conversations` and of its items. */
export const ConversationRequest = z.looseObject({
  items: z.array(ResponseInputItem).max(1000).nullish(),
  metadata: Metadata,
});
export type ConversationRequest = z.infer<typeof ConversationRequest>;
