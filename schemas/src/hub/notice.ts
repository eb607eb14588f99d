import { z } from 'zod';
import { LoopId } from '../builds/loop.ts';

export const NoticeKind = z.enum([
  'approval',
  'secrets',
  'question',
  'installed',
  'failed',
  'drift',
  'server',
]);
export type NoticeKind = z.infer<typeof NoticeKind>;

/** What a person is told who does not look at the hub. It holds no secret and nothing that a service said. */
export const Notice = z.strictObject({
  kind: NoticeKind,
  at: z.iso.datetime(),
  /** One sentence. */
  text: z.string(),
  /** The command that goes on. */
  next: z.string(),
  server: z.string().optional(),
  build: LoopId.optional(),
  /** Of a decision: the page to make it on. It opens with the hub's token, or by `hub review`. */
  page: z.url().optional(),
});
export type Notice = z.infer<typeof Notice>;

export const NotificationsConfig = z.strictObject({
  webhook: z
    .string()
    .min(1)
    .optional()
    .describe('Notices are posted here as JSON; `${secret:NAME}` stands for a secret of the vault.'),
  command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('A program and its arguments, run without a shell; it gets the notice as JSON on its input.'),
  desktop: z.boolean().default(false).describe('Shows notices with `notify-send`.'),
  kinds: z.array(NoticeKind).optional().describe('Only these; default: all.'),
});
export type NotificationsConfig = z.infer<typeof NotificationsConfig>;
