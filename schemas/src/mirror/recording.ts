import { z } from 'zod';

/** HAR 1.2 (software is hard, "HTTP Archive 1.2"), as far as it is written and read here; other members are kept out. */

export const HarPair = z.object({ name: z.string(), value: z.string() });
export type HarPair = z.infer<typeof HarPair>;

export const HarRequest = z.object({
  method: z.string(),
  url: z.string(),
  httpVersion: z.string().default('HTTP/1.1'),
  cookies: z.array(HarPair).default([]),
  headers: z.array(HarPair).default([]),
  queryString: z.array(HarPair).default([]),
  postData: z
    .object({
      mimeType: z.string().default(''),
      text: z.string().optional(),
      params: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
      /** Not of the standard, as in answers: the text is base64. */
      encoding: z.string().optional(),
    })
    .optional(),
  headersSize: z.number().default(-1),
  bodySize: z.number().default(-1),
});
export type HarRequest = z.infer<typeof HarRequest>;

export const HarResponse = z.object({
  status: z.int(),
  statusText: z.string().default(''),
  httpVersion: z.string().default('HTTP/1.1'),
  cookies: z.array(HarPair).default([]),
  headers: z.array(HarPair).default([]),
  content: z
    .object({
      size: z.number().default(0),
      mimeType: z.string().default(''),
      text: z.string().optional(),
      encoding: z.string().optional(),
    })
    .default({ size: 0, mimeType: '' }),
  redirectURL: z.string().default(''),
  headersSize: z.number().default(-1),
  bodySize: z.number().default(-1),
});
export type HarResponse = z.infer<typeof HarResponse>;

export const HarEntry = z.object({
  startedDateTime: z.string(),
  time: z.number().default(0),
  request: HarRequest,
  response: HarResponse,
  cache: z.object({}).default({}),
  timings: z.object({ send: z.number(), wait: z.number(), receive: z.number() }).default({
    send: 0,
    wait: 0,
    receive: 0,
  }),
  /** Name of the operation, where the mirror knew it. */
  _operation: z.string().optional(),
  /** Set when the answer's body was longer than what is kept: such an answer is never replayed. */
  _cut: z.boolean().optional(),
});
export type HarEntry = z.infer<typeof HarEntry>;

/** A recording file. */
export const HarFile = z.object({
  log: z.object({
    version: z.string(),
    creator: z.object({ name: z.string(), version: z.string() }),
    entries: z.array(HarEntry),
  }),
});
export type HarFile = z.infer<typeof HarFile>;

/** What stands in a recording for a value that must not be written down. */
export const REDACTED = '[redacted]';
