import { z } from 'zod';

/**
 * What clients insist on in lists, beyond names and schemas (MCP 2025-11-25 and 2026-07-28, server/tools, prompts, resources):
 * the SDKs refuse a whole list for one entry that does not fit. Everything unknown passes.
 */
const text = z.string().optional();
const flag = z.boolean().optional();
const common = {
  name: z.string(),
  title: text,
  description: text,
  icons: z
    .array(
      z.looseObject({
        src: z.string(),
        mimeType: text,
        sizes: z.array(z.string()).optional(),
        theme: z.enum(['light', 'dark']).optional(),
      }),
    )
    .optional(),
  _meta: z.looseObject({}).optional(),
};
const schema = {
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
};

export const ListedTool = z.looseObject({
  ...common,
  inputSchema: z.looseObject(schema),
  outputSchema: z.looseObject(schema).optional(),
  annotations: z
    .looseObject({
      title: text,
      readOnlyHint: flag,
      destructiveHint: flag,
      idempotentHint: flag,
      openWorldHint: flag,
    })
    .optional(),
  execution: z
    .looseObject({ taskSupport: z.enum(['required', 'optional', 'forbidden']).optional() })
    .optional(),
});

export const ListedPrompt = z.looseObject({
  ...common,
  arguments: z.array(z.looseObject({ name: z.string(), description: text, required: flag })).optional(),
});

export const ListedResource = z.looseObject({
  ...common,
  mimeType: text,
  size: z.number().optional(),
  annotations: z
    .looseObject({
      audience: z.array(z.enum(['user', 'assistant'])).optional(),
      priority: z.number().min(0).max(1).optional(),
      lastModified: z.iso.datetime({ offset: true }).optional(),
    })
    .optional(),
});
