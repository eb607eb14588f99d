import { errorCatalogue, hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { ChatAsk } from '../../api/rooms/chat-api.ts';
import { isOnePart, NOT_BOTH, PartOptions } from '../../running/endpoint.ts';
import { withHub } from '../../running/with-hub.ts';
import { AnswerScreen } from './screen/answer-screen.ts';
import { OpenApproval } from './approval.ts';
import { CallLog } from './screen/call-log.ts';
import { readPiped } from './piped-input.ts';
import { ChatSession, type Answer } from './session.ts';
import type { SlashRoom } from './slash.ts';
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
  arguments: [
    ['[question...]', 'One question; more may be piped in, and "-" waits for the end of what is piped in'],
  ],
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
    ['git diff | hub chat "what changed here?" -', 'with what is piped in, to its end'],
    ['hub chat --json "list my servers"', 'the answer, its calls, what waits and its cost as JSON'],
  ],
  input: Input,
  async run(context, input) {
    // Read at once: who pipes something in may wait for it to be taken.
    const question = await questionOf(context, input);
    return await withHub(context, async (hub) => {
      const { model, conversation } = input;
      const session = new ChatSession(hub.chat, { model, id: conversation, view: viewOf(input) });
      if (conversation !== undefined) session.open(await hub.conversations.show(conversation));
      if (question === undefined) return await chatInTerminal({ context, hub, session });
      return await answerOnce({ context, hub, session }, question);
    });
  },
});

function viewOf({ tools, server, profile }: Input): ChatAsk['view'] {
  if (!tools) return 'none';
  if (server !== undefined) return { server };
  return profile === undefined ? undefined : { profile };
}

/** The words of the command line with what is piped in; undefined: a person sits there and will say it. */
async function questionOf(context: Context, { question }: Input): Promise<string | undefined> {
  const { io, asks, json, signal } = context;
  const words = question
    .filter((word) => word !== '-')
    .join(' ')
    .trim();
  const isTyped = 'isTTY' in io.stdin && io.stdin.isTTY === true;
  if (isTyped && words === '' && asks) return undefined;
  const waits = words === '' || question.includes('-');
  const piped = isTyped ? { text: '', isWhole: true } : await readPiped(io.stdin, { waits, signal });
  if (!piped.isWhole && piped.text !== '' && !json)
    context.note(
      'What is piped in goes on: asked with what came so far. `-` behind the question waits for the end.',
    );
  const whole = [words, piped.text].filter((part) => part !== '').join('\n\n');
  if (whole === '') throw hubError('USAGE', { detail: 'there is no question', command: 'hub chat' });
  return whole;
}

/** Exit code of an answer that waits for a yes: nothing was done. */
const REFUSED = 8;

async function answerOnce({ context, hub, session }: SlashRoom, question: string): Promise<number> {
  const { json, signal, asks } = context;
  const first = await shown({ context, session }, question);
  const answer = asks ? await decided({ context, hub, session }, first) : first;
  signal.throwIfAborted();
  const { text: said, model, calls, waiting, usage, problem } = answer;
  if (json)
    context.result(
      { answer: said, model, conversation: session.id, calls, waiting, usage, problem },
      () => '',
    );
  else if (waiting.length > 0)
    context.note(`Answer with \`hub chat --conversation ${session.id} yes\`, or no.`);
  if (problem !== undefined) return exitOf(problem.code);
  return waiting.length > 0 ? REFUSED : 0;
}

/** Asks the person who sits there about the calls that wait, until none does. */
async function decided({ context, hub, session }: SlashRoom, first: Answer): Promise<Answer> {
  let answer = first;
  while (answer.waiting.length > 0) {
    const open = new OpenApproval(answer.waiting);
    const outcome = await open.take(
      (await context.ask(open.promptFor(context.io.width).trim())) || 'no',
      hub.chat,
    );
    if (outcome.kind === 'shown') context.io.stdout.write(`${outcome.text}\n`);
    else answer = await shown({ context, session }, outcome.text);
  }
  return answer;
}

async function shown({ context, session }: Omit<SlashRoom, 'hub'>, question: string): Promise<Answer> {
  const { io, json, signal } = context;
  if (json) return await session.say(question, () => undefined, signal);
  const screen = new AnswerScreen(io, new CallLog(), { isNumbered: false });
  try {
    return await session.say(question, (news) => screen.show(news), signal);
  } finally {
    screen.close();
  }
}

/** The exit code of the catalogue's error; of one that this program does not know, that of a failed tool. */
const exitOf = (code: string): number =>
  Object.entries(errorCatalogue).find(([known]) => known === code)?.[1].exit ??
  errorCatalogue.CHAT_FAILED.exit;
