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

const TextPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const ImagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: ImageUrl, detail: Detail }),
});
const FilePart = z.looseObject({ type: z.literal('file'), file: z.looseObject(FileContent) });
const RefusalPart = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const texts = z.union([z.string(), z.array(TextPart).min(1)]);

const FunctionCall = z.looseObject({
  id: CallId,
  type: z.literal('function', 'only calls of functions are taken').optional(),
  function: z.looseObject({ name: Name, arguments: z.string() }),
});

/** What stood in the place of tools before there were any; calls of functions have no id. */
const OldFunction = z.looseObject({
  name: Name,
  description: z.string().nullish(),
  parameters: Members.nullish(),
});
const OldCall = z.looseObject({ name: Name, arguments: z.string() });

/** A message of `/v1/chat/completions`. */
export const ChatMessage = z.discriminatedUnion(
  'role',
  [
    z.looseObject({ role: z.literal('system'), content: texts }),
    z.looseObject({ role: z.literal('developer'), content: texts }),
    z.looseObject({
      role: z.literal('user'),
      content: z.union([
        z.string(),
        z
          .array(
            z.discriminatedUnion('type', [TextPart, ImagePart, FilePart], {
              error: 'parts of type "text", "image_url" and "file" are taken',
            }),
          )
          .min(1),
      ]),
    }),
    z.looseObject({
      role: z.literal('assistant'),
      content: z
        .union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, RefusalPart]))])
        .nullish(),
      refusal: z.string().nullish(),
      tool_calls: z.array(FunctionCall).nullish(),
      function_call: OldCall.nullish(),
    }),
    z.looseObject({ role: z.literal('tool'), tool_call_id: CallId, content: texts }),
    z.looseObject({ role: z.literal('function'), name: Name, content: texts.nullable() }),
  ],
  { error: 'a message has the role "system", "developer", "user", "assistant", "tool" or "function"' },
);
export type ChatMessage = z.infer<typeof ChatMessage>;

const FunctionTool = z.looseObject({
  type: z.literal('function', 'only tools of type "function" are the caller’s; the hub brings its own'),
  function: z.looseObject({
    name: Name,
    description: z.string().nullish(),
    parameters: Members.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const NamedTool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({ name: Name }),
});
const ToolChoice = z.discriminatedUnion('type', [
  NamedTool,
  z.looseObject({
    type: z.literal('allowed_tools'),
    allowed_tools: z.looseObject({ mode: AllowedMode, tools: z.array(NamedTool).min(1) }),
  }),
]);

/** The body of `POST /v1/chat/completions`. */
export const ChatCompletionRequest = z.looseObject({
  model: Name.nullish(),
  messages: z.array(ChatMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  ...Sampling,
  max_tokens: Tokens,
  max_completion_tokens: Tokens,
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1, 'only one answer at a time: leave `n` out, or ask several times').nullish(),
  logprobs: z.literal(false, 'log probabilities are not available here').nullish(),
  logit_bias: z
    .record(z.string(), z.number())
    .refine((bias) => Object.keys(bias).length === 0, 'models here have tokens of different kinds')
    .nullish(),
  modalities: z.array(z.literal('text', 'answers are text here')).nullish(),
  audio: refused('answers are text here'),
  web_search_options: refused('searching is done by tools here'),
  reasoning_effort: z.string().nullish(),
  verbosity: Verbosity,
  tools: z
    .array(FunctionTool)
    .max(2000)
    .superRefine(differentNames((tool) => tool.function.name, ['function', 'name']))
    .nullish(),
  tool_choice: z.union([ToolMode, ToolChoice]).nullish(),
  functions: z
    .array(OldFunction)
    .max(2000)
    .superRefine(differentNames((one) => one.name, ['name']))
    .nullish(),
  function_call: z.union([z.enum(['none', 'auto']), z.looseObject({ name: Name })]).nullish(),
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

/** The body of `POST /v1/completions`, which came before chats and which editors still complete with. */
export const TextCompletionRequest = z.looseObject({
  model: Name.nullish(),
  prompt: z.union([z.string(), z.array(z.string()).length(1, 'only one prompt at a time is taken here')]),
  suffix: refused('only what follows a text is written here'),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  ...Sampling,
  max_tokens: Tokens,
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1, 'only one answer at a time').nullish(),
  best_of: z.literal(1, 'only one answer at a time').nullish(),
  echo: z.literal(false, 'the prompt is not said again here').nullish(),
  logprobs: refused('log probabilities are not available here'),
});
export type TextCompletionRequest = z.infer<typeof TextCompletionRequest>;
