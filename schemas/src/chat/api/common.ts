import { z } from 'zod';

// What clients of OpenAI's endpoints send to `/v1`. Members that are not named here are taken and left alone, as clients of
// many programs and years send many; those that are named have to fit.

/** A JSON Schema, which the model and whoever checks its answer read. */
export const Members = z.record(z.string(), z.unknown());
/** A name of a model, a tool, a conversation. */
export const Name = z.string().min(1).max(256);
/** By which an output of a tool belongs to its call. */
export const CallId = z.string().min(1).max(256);
/** Where a picture is. Other addresses, such as of files, would be those of whoever looks at it. */
export const ImageUrl = z
  .string('images come as `image_url`')
  .regex(/^(?:https?:\/\/[^\s/]|data:[^,\s]*,)/i, 'it has to be an http(s) address or a data URL');
/** How a picture is looked at. */
export const Detail = z.enum(['auto', 'low', 'high', 'original']).nullish();

/** A member that nobody here can do: a request that needs it is refused with the reason, and never answered without it. */
export const refused = (why: string) => z.null(why).optional();

const MOST_PAIRS = 16;
/** Pairs that come back as they were sent. */
export const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= MOST_PAIRS, `it has at most ${MOST_PAIRS} pairs`)
  .nullish();

/** A file within a message, as both endpoints know it but for where it stands. */
export const FileContent = {
  filename: z.string().min(1).max(512).nullish(),
  file_data: z
    .string('files come with the message, as `file_data`')
    .regex(
      /^data:[\w.+-]+\/[\w.+-]+(?:;[\w.+=-]+)*;base64,/,
      'it has to be a data URL in base64, such as data:application/pdf;base64,JVBERi0…',
    ),
  file_id: refused('no files are stored here: send `file_data`'),
  file_url: refused('files are not fetched for others: send `file_data`'),
};

/** How tokens are drawn, as both endpoints know it. */
export const Sampling = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  top_logprobs: z.literal(0, 'log probabilities are not available here').nullish(),
};
/** Which of the caller's tools is meant by a name has to be plain. */
export const differentNames =
  <T>(nameOf: (tool: T) => string, path: readonly string[]) =>
  (tools: readonly T[], ctx: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [n, tool] of tools.entries()) {
      const name = nameOf(tool);
      if (seen.has(name))
        ctx.addIssue({ code: 'custom', path: [n, ...path], message: `there is another tool ${name}` });
      seen.add(name);
    }
  };

/** The most tokens of an answer. */
export const Tokens = z.int().min(1).nullish();
export const Verbosity = z.enum(['low', 'medium', 'high']).nullish();

/** How a text is to be formed, as both endpoints know it but for where the schema stands. */
export const JsonFormat = {
  name: z.string().min(1).max(64),
  schema: Members,
  strict: z.boolean().nullish(),
};

/** Whether tools have to be called. */
export const ToolMode = z.enum(['auto', 'none', 'required']);
/** Of those that are named, in a choice. */
export const AllowedMode = z.enum(['auto', 'required']);

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
      toolCalls: z.int().min(1).optional(),
    })
    .optional()
    .describe('The most that the run may take.'),
  samples: z.int().min(1).max(15).optional().describe('Answers that are compared with each other.'),
  resumable: z
    .boolean()
    .optional()
    .describe('A stream goes on for a while after its connection was lost, to be taken up again.'),
  cache: z.literal(false).optional().describe('`false`: a model is asked, and its answer is not kept.'),
});
export type HubOptions = z.infer<typeof HubOptions>;
