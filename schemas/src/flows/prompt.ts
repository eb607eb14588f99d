import { z } from 'zod';
import { JsonValue } from '../json.ts';
import { ContentHash } from '../ids.ts';

/** Name of a prompt template: that of its file, and of the prompt that clients see. */
export const PromptName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, _ and -, such as "summarise"');

/** Name of an argument, as `{{name}}` holds it. */
const ArgumentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'letters, digits and _');

/** What a template is given for one of its variables. */
export const PromptArgument = z.strictObject({
  description: z.string().max(2_000).optional(),
  /** Clients of MCP give text; it is read as this type. */
  type: z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array']).default('string'),
  /** The only values there are; clients are offered them. */
  enum: z.array(z.string().min(1)).min(1).max(200).optional(),
  /** Absent: it is, unless there is a default. */
  required: z.boolean().optional(),
  default: JsonValue.optional(),
});
export type PromptArgument = z.infer<typeof PromptArgument>;

/** One message, with `{{name}}` where an argument is put. */
export const PromptMessage = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().min(1).max(200_000),
});
export type PromptMessage = z.infer<typeof PromptMessage>;

/** A prompt template: a file of the folder `prompts`, as YAML or as Markdown with front matter. */
export const PromptTemplate = z.strictObject({
  /** Only to be read: the file's name is the template's. */
  name: PromptName.optional(),
  title: z.string().max(200).optional(),
  description: z.string().max(4_000).optional(),
  arguments: z.record(ArgumentName, PromptArgument).default({}),
  messages: z.array(PromptMessage).min(1).max(100),
});
export type PromptTemplate = z.infer<typeof PromptTemplate>;

/** What is wrong at one place of a file that its owner wrote. */
export const FileIssue = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  /** Within the file, such as `nodes.fetch.arguments.city`. */
  path: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  fix: z.string(),
});
export type FileIssue = z.infer<typeof FileIssue>;

/** A template as it is listed. */
export const PromptSummary = z.strictObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  /** Of the file's bytes; absent for one that cannot be used. */
  hash: ContentHash.optional(),
  arguments: z.record(z.string(), PromptArgument),
  issues: z.array(FileIssue),
});
export type PromptSummary = z.infer<typeof PromptSummary>;

/** One version of a template. */
export const PromptVersion = z.strictObject({
  hash: ContentHash,
  /** When the hub saw it first. */
  seenAt: z.iso.datetime(),
  /** Whether the file holds it now. */
  current: z.boolean(),
});
export type PromptVersion = z.infer<typeof PromptVersion>;

/** A template with its text. */
export const PromptDetail = PromptSummary.extend({ text: z.string(), messages: z.array(PromptMessage) });
export type PromptDetail = z.infer<typeof PromptDetail>;

/** The body of `POST /api/prompts/<name>/render`. */
export const RenderPromptRequest = z.strictObject({
  arguments: z.record(z.string(), JsonValue).default({}),
  /** The beginning of a version's hash. */
  version: z.string().optional(),
});

/** What a template says once its arguments are put in. */
export const RenderedPrompt = z.strictObject({
  name: z.string(),
  hash: ContentHash,
  messages: z.array(PromptMessage),
});
export type RenderedPrompt = z.infer<typeof RenderedPrompt>;
