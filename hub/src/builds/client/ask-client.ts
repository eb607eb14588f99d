import type { ApprovalSheet, AuthorQuestion, LoopDecision } from '@counterpart/schemas';
import { z } from 'zod';
import type { AskableClient } from '../../kernel/tools/tool-server.ts';
import { PLAIN, renderSheet } from './sheet-text.ts';

const SAMPLING = 'sampling/createMessage';
const ELICITATION = 'elicitation/create';
const MOST_TOKENS = 32_000;

const Text = z.looseObject({ type: z.literal('text'), text: z.string() });
const Sample = z.looseObject({
  model: z.string().optional(),
  content: z.union([Text.transform((block) => [block]), z.array(z.union([Text, z.looseObject({})]))]),
});

/** Whether the model of a client can be asked through it. */
export const canSample = (client: AskableClient): boolean => client.can(SAMPLING, {});

/** What the client's own model answers to a question. Rejects when the client refuses or leaves: the build goes on waiting. */
export async function sampleAnswer(
  client: AskableClient,
  { system, prompt }: AuthorQuestion,
): Promise<{ readonly text: string; readonly model: string | undefined }> {
  const answer = Sample.parse(
    await client.ask(SAMPLING, {
      systemPrompt: system,
      messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
      maxTokens: MOST_TOKENS,
      modelPreferences: { intelligencePriority: 1 },
    }),
  );
  const text = answer.content.flatMap((block) => Text.safeParse(block).data?.text ?? []).join('\n');
  return { text, model: answer.model?.slice(0, 200) };
}

/** Whether the person at a client can be shown a form. */
export const canDecide = (client: AskableClient): boolean => client.can(ELICITATION, {});

const Decided = z.looseObject({
  action: z.literal('accept'),
  content: z.looseObject({ decision: z.enum(['approve', 'reject']) }),
});

/**
 * Shows the person at a client what would be installed and asks for their word, which counts for the hash of what was shown.
 * Undefined: they did not decide.
 */
export async function askDecision(
  client: AskableClient,
  sheet: ApprovalSheet,
): Promise<LoopDecision | undefined> {
  const answer = Decided.safeParse(
    await client.ask(ELICITATION, {
      message: `A server was built, tested, and waits for your decision.\n\n${renderSheet(sheet, PLAIN)}`,
      requestedSchema: {
        type: 'object',
        properties: {
          decision: {
            type: 'string',
            title: `Install ${sheet.server} ${sheet.version} as shown?`,
            description: 'Approve installs exactly these files; reject keeps them and installs nothing.',
            enum: ['approve', 'reject'],
          },
        },
        required: ['decision'],
      },
    }),
  );
  if (!answer.success) return undefined;
  return { decision: answer.data.content.decision, hash: sheet.hash, via: 'elicitation' };
}

/** A page on this machine on which one secret can be typed once. */
export interface SecretRequest {
  readonly name: string;
  readonly description?: string | undefined;
  readonly url: string;
  readonly expiresAt: string;
}

/** Whether the person at a client can be sent to a page. */
export const canVisit = (client: AskableClient): boolean => client.can(ELICITATION, { mode: 'url' });

/** Sends the person at a client to the page of one secret. True: they agreed to go; the value never comes this way. */
export async function sendToPage(
  client: AskableClient,
  server: string,
  { name, description, url }: SecretRequest,
): Promise<boolean> {
  const what = description === undefined ? '' : ` (${description})`;
  const { action } = await client.ask(ELICITATION, {
    mode: 'url',
    url,
    message: `${server} needs ${name}${what}. The page stands on your own machine; it is stored encrypted, and no model sees it.`,
  });
  return action === 'accept';
}
