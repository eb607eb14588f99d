import { hubError } from '@counterpart/schemas';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { ChatAsk } from '../../api/rooms/chat-api.ts';
import { isOnePart, NOT_BOTH, PartOptions } from '../../running/endpoint.ts';
import { withHub } from '../../running/with-hub.ts';
import { ChatSession } from './session.ts';
import { newsWriter } from './show-news.ts';
import { chatInTerminal } from './terminal.ts';

const Input = z
  .object({
    question: z.array(z.string()).default([]),
    model: z.string().default('hub/auto'),
    conversation: z.string().optional(),
    tools: z.boolean().default(true),
    ...PartOptions,
  })
  .refine(isOnePart, { message: NOT_BOTH });
type Input = z.infer<typeof Input>;

/** `hub chat`. */
export const chat = defineCommand({
  name: 'chat',
  group: 'hub',
  summary: 'Talk with a model that has every tool of this hub',
  description:
    'A question is answered by the model that fits it, with the tools of this hub; what changes things waits for your yes. Without a question a conversation begins: /help lists what else it can do. Without a model rules answer: they find the tool, fill in its arguments and ask for what is missing.',
  arguments: [['[question...]', 'One question; more may be piped in']],
  options: [
    ['-m, --model <name>', 'A model, or hub/auto, hub/standard, hub/heavy, hub/ultra'],
    ['-c, --conversation <id>', 'Go on with a conversation that the hub keeps'],
    ['--server <id>', 'Only the tools of this server'],
    ['--profile <name>', 'Only the tools of this profile'],
    ['--no-tools', 'Without tools'],
  ],
  examples: [
    ['hub chat', 'a conversation'],
    ['hub chat "which events are there tomorrow?"', 'one answer'],
    ['git diff | hub chat "what changed here?"', 'with what is piped in'],
    ['hub chat --json "list my servers"', 'the answer, its calls and its cost as JSON'],
  ],
  input: Input,
  run: (context, input) =>
    withHub(context, async (hub) => {
      const { model, conversation } = input;
      const session = new ChatSession(hub.chat, { model, id: conversation, view: viewOf(input) });
      const question = await questionOf(context, input);
      if (conversation !== undefined) session.open(await hub.conversations.show(conversation));
      if (question === undefined) return await chatInTerminal({ context, hub, session });
      await answerOnce(context, session, question);
    }),
});

function viewOf({ tools, server, profile }: Input): ChatAsk['view'] {
  if (!tools) return 'none';
  if (server !== undefined) return { server };
  return profile === undefined ? undefined : { profile };
}

/** The words of the command line with what is piped in; undefined: a person sits there and will say it. */
async function questionOf({ io, asks }: Context, { question }: Input): Promise<string | undefined> {
  const words = question.join(' ').trim();
  if (asks) return words === '' ? undefined : words;
  const isTyped = 'isTTY' in io.stdin && io.stdin.isTTY === true;
  const piped = isTyped ? '' : (await text(io.stdin)).trim();
  const whole = [words, piped].filter((part) => part !== '').join('\n\n');
  if (whole === '') throw hubError('USAGE', { detail: 'there is no question', command: 'hub chat' });
  return whole;
}

async function answerOnce(context: Context, session: ChatSession, question: string): Promise<void> {
  const { io, json, signal } = context;
  const answer = await session.say(question, json ? () => undefined : newsWriter(io), signal);
  signal.throwIfAborted();
  const { text: said, model, calls, waiting, usage } = answer;
  if (json)
    return context.result({ answer: said, model, conversation: session.id, calls, waiting, usage }, () => '');
  io.stdout.write(said.endsWith('\n') ? '' : '\n');
  if (waiting.length > 0) context.note(`Answer with \`hub chat --conversation ${session.id} yes\`, or no.`);
}
