import { z } from 'zod';

/** A language model behind an OpenAI-compatible endpoint. */
export const ProviderConfig = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .describe('Address below which `/chat/completions` stands, such as `http://127.0.0.1:11434/v1`.'),
  model: z.string().min(1).max(200).describe('Name of the model there.'),
  apiKey: z
    .string()
    .optional()
    .describe('A reference such as `${secret:OPENAI_API_KEY}`; absent: none is sent.'),
  structured: z
    .enum(['json_schema', 'json_object', 'none'])
    .default('json_schema')
    .describe('How it can be made to answer in JSON; `none` reads the JSON out of its text.'),
  timeoutMs: z.int().min(1_000).max(3_600_000).default(300_000).describe('For one answer.'),
  retries: z.int().min(0).max(10).default(2).describe('After overload or a broken connection.'),
  maxOutputTokens: z.int().min(256).max(1_000_000).default(32_000).describe('The most of one answer.'),
});
export type ProviderConfig = z.infer<typeof ProviderConfig>;
