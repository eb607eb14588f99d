import { z } from 'zod';

/** A conversation that the hub keeps, as lists show it. Times are ISO 8601 in UTC. */
export const ConversationSummary = z.strictObject({
  id: z.string(),
  /** Given by its owner, or the beginning of the first question. */
  title: z.string(),
  messages: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** The conversation that it was branched off, and how many of its items it took. */
  branchedFrom: z.strictObject({ id: z.string(), items: z.int() }).optional(),
  /** Of its first part, for models: made when it grew long. */
  summary: z.strictObject({ text: z.string(), items: z.int() }).optional(),
  metadata: z.record(z.string(), z.string()),
});
export type ConversationSummary = z.infer<typeof ConversationSummary>;

const Part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('image'), url: z.string(), detail: z.string().optional() }),
  z.strictObject({ type: z.literal('file'), data: z.string(), filename: z.string().optional() }),
]);

/** One item of a conversation, as it is kept. */
export const ConversationItem = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message'),
    role: z.enum(['system', 'developer', 'user', 'assistant']),
    content: z.array(Part),
  }),
  z.strictObject({
    type: z.literal('function_call'),
    callId: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.strictObject({ type: z.literal('function_call_output'), callId: z.string(), output: z.string() }),
  z.strictObject({ type: z.literal('reasoning'), text: z.string() }),
]);
export type ConversationItem = z.infer<typeof ConversationItem>;

/** A conversation with all that was said. */
export const ConversationDetail = ConversationSummary.extend({
  items: z.array(z.strictObject({ id: z.string(), at: z.string(), item: ConversationItem })),
});
export type ConversationDetail = z.infer<typeof ConversationDetail>;

/** What is changed of a conversation. */
export const ConversationChange = z.strictObject({
  title: z.string().trim().min(1).max(200).optional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).optional(),
});
export type ConversationChange = z.infer<typeof ConversationChange>;

/** Where a branch begins; absent: after the last item. */
export const BranchRequest = z.strictObject({
  items: z.int().min(0).optional().describe('How many items it takes over.'),
  title: z.string().trim().min(1).max(200).optional(),
});
export type BranchRequest = z.infer<typeof BranchRequest>;

/** One line that models of later conversations are told. */
export const MemoryEntry = z.strictObject({
  /** `server`: written by builds; anything else is the owner's, mostly `preference`. */
  kind: z.string().regex(/^[a-z][a-z-]{0,31}$/, 'a word of small letters, such as "preference"'),
  subject: z.string().trim().min(1).max(200),
  text: z.string().trim().min(1).max(4000),
  createdAt: z.string(),
});
export type MemoryEntry = z.infer<typeof MemoryEntry>;

/** What is added to the memory, or takes the place of what stands under the same kind and subject. */
export const MemoryRequest = MemoryEntry.omit({ createdAt: true }).extend({
  kind: MemoryEntry.shape.kind.default('preference'),
});
export type MemoryRequest = z.infer<typeof MemoryRequest>;
