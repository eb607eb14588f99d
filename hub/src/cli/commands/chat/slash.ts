import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { didYouMean } from '../../../kernel/nearest.ts';
import { buildIntent } from '../../../orchestrator/understanding/intents/build-intent.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { renderTable } from '../../output/text/table.ts';
import { unfolded, type CallLog } from './screen/call-log.ts';
import { fitted } from '../../output/text/columns.ts';
import { writeGiven } from '../../output/write-given.ts';
import { harmless, harmlessLine } from '../../output/text/harmless.ts';
import type { ChatSession } from './session.ts';

/** What a line beginning with a slash is done with. */
export type SlashOutcome =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'quit' };

export interface SlashRoom {
  readonly context: Context;
  /** Another one after the hub went away and came back. */
  hub: HubApi;
  readonly session: ChatSession;
}

/** With the calls that can be unfolded. */
export interface TerminalRoom extends SlashRoom {
  readonly calls: CallLog;
}

type Slash = (room: TerminalRoom, words: string) => Promise<SlashOutcome> | SlashOutcome;

const done = (text: string): SlashOutcome => ({ kind: 'done', text });

const MOST_LISTED = 30;
const MOST_SHOWN = 400;

const COMMANDS: Readonly<Record<string, readonly [usage: string, meaning: string, run: Slash]>> = {
  model: ['/model [name]', 'which model answers; with a name it is changed', chooseModel],
  tools: ['/tools [words]', 'tools of this hub, or those whose name holds the words', listTools],
  build: ['/build <what>', 'builds a tool from words or the address of a description', build],
  expand: ['/expand [number]', 'a call of a tool with all that was given and came back', expand],
  history: ['/history', 'what was said so far', history],
  new: ['/new', 'a new conversation', ({ session }) => (session.restart(), done('A new conversation.'))],
  list: ['/list', 'conversations that are kept', list],
  open: ['/open <number|id>', 'goes on with a kept conversation', open],
  branch: ['/branch', 'a copy of this conversation that goes its own way', branch],
  summarize: ['/summarize', 'puts what was said in short, for models to go on with', summarize],
  save: ['/save [file]', 'writes the conversation as Markdown', save],
  help: ['/help', 'this', () => done(help())],
  quit: ['/quit', 'ends the chat, as Ctrl-D does', () => ({ kind: 'quit' })],
};

/** Runs a line that begins with a slash; a problem of it is thrown. */
export async function runSlash(line: string, room: TerminalRoom): Promise<SlashOutcome> {
  const [, name = '', words = ''] = /^\/(\S*)\s*([^]*)$/.exec(line) ?? [];
  const command =
    COMMANDS[name === 'exit' ? 'quit' : name] ??
    COMMANDS[Object.keys(COMMANDS).find((known) => name !== '' && known.startsWith(name)) ?? ''];
  if (command === undefined)
    return done(
      `There is no /${name}.${didYouMean(`/${name}`, slashNames())} \`/help\` lists what there is.`,
    );
  return await command[2](room, words.trim());
}

/** Names for completing. */
export const slashNames = (): string[] => Object.keys(COMMANDS).map((name) => `/${name}`);

function help(): string {
  const width = Math.max(...Object.values(COMMANDS).map(([usage]) => usage.length));
  return [
    ...Object.values(COMMANDS).map(([usage, meaning]) => `  ${usage.padEnd(width)}  ${meaning}`),
    '',
    '  Several lines: a backslash at the end of a line, """ before and after, or pasting.',
    '  Ctrl-C stops the answer. A command may be cut short: /m is /model.',
  ].join('\n');
}

function expand({ calls }: TerminalRoom, words: string): SlashOutcome {
  const call = calls.find(words === '' ? undefined : Number(words));
  return done(
    call === undefined ? 'There is no such call. Calls are numbered where they are shown.' : unfolded(call),
  );
}

function history({ session, context }: SlashRoom): SlashOutcome {
  if (session.messages.length === 0) return done('Nothing was said yet.');
  const { faint } = context.paint;
  return done(
    session.messages
      .slice(-MOST_LISTED)
      .map(({ role, content }) =>
        role === 'user' ? faint(`> ${harmless(content)}`) : `${harmless(content)}\n`,
      )
      .join('\n'),
  );
}

async function chooseModel({ hub, session }: SlashRoom, name: string): Promise<SlashOutcome> {
  const models = await hub.chat.models();
  if (name === '') return done(models.map((id) => `${id === session.model ? '●' : ' '} ${id}`).join('\n'));
  const found = models.find((id) => id === name) ?? models.filter((id) => id.includes(name));
  const only = typeof found === 'string' ? found : found.length === 1 ? found[0] : undefined;
  if (only === undefined)
    return done(
      `No single model is meant by ${name}. There are:\n${models.map((id) => `  ${id}`).join('\n')}`,
    );
  session.model = only;
  return done(`${only} answers from now on.`);
}

async function listTools({ hub, context }: SlashRoom, words: string): Promise<SlashOutcome> {
  const all = await hub.tools();
  const fitting = all.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()));
  if (fitting.length === 0)
    return done(
      all.length === 0 ? 'No tools yet: /build makes one.' : `None of the ${all.length} tools is called so.`,
    );
  const rows = fitting
    .slice(0, MOST_LISTED)
    .map(({ name, definition }) => [
      harmlessLine(name),
      harmlessLine(definition.description?.split('\n', 1)[0] ?? ''),
    ]);
  const more =
    fitting.length > MOST_LISTED ? `\nand ${fitting.length - MOST_LISTED} more: /tools <words>` : '';
  return done(
    `${renderTable(['TOOL', 'WHAT IT DOES'].map(context.paint.faint), rows, context.io.width)}${more}`,
  );
}

/** Said in the conversation, so that its approval and its tool are part of it. */
function build({ context: { io } }: SlashRoom, words: string): SlashOutcome {
  if (words === '')
    return done('What shall I build? `/build a tool that …`, or `/build https://…/openapi.json`.');
  if (/[./]/.test(words) && existsSync(resolve(io.cwd, words)))
    return done(
      `A file is built in another terminal, and its tools are here at once: \`hub build --from ${harmlessLine(words)}\``,
    );
  return { kind: 'say', text: buildIntent(words).isBuild ? words : `Build me a tool: ${words}` };
}

async function list({ hub, session }: SlashRoom): Promise<SlashOutcome> {
  const known = await hub.conversations.list();
  if (known.length === 0) return done('No conversations are kept yet.');
  return done(
    known
      .slice(0, MOST_LISTED)
      .map(
        ({ id, title, messages }, at) =>
          `${id === session.id ? '●' : ' '} ${at + 1}. ${harmlessLine(title)} (${messages} messages)`,
      )
      .join('\n'),
  );
}

async function open({ hub, session }: SlashRoom, words: string): Promise<SlashOutcome> {
  const known = await hub.conversations.list();
  const meant = known[Number(words) - 1] ?? known.find(({ id }) => id === words);
  if (!meant) return done('Which one? `/list` numbers them: `/open 1`.');
  session.open(await hub.conversations.show(meant.id));
  const last = session.messages
    .slice(-2)
    .map(
      ({ role, content }) => `${role === 'user' ? '>' : '·'} ${fitted(harmlessLine(content), MOST_SHOWN)}`,
    );
  return done([`${harmlessLine(meant.title)}: ${session.messages.length} messages.`, ...last].join('\n'));
}

async function branch({ hub, session }: SlashRoom): Promise<SlashOutcome> {
  if (session.messages.length === 0) return done('Nothing was said yet.');
  const made = await hub.conversations.branch(session.id, {});
  session.open(await hub.conversations.show(made.id));
  return done(`This goes on as ${made.id}; the other stays as it was.`);
}

async function summarize({ hub, session }: SlashRoom): Promise<SlashOutcome> {
  const summary = await hub.conversations.summarise(session.id);
  return done(summary === null ? 'There is too little to put in short yet.' : summary.text);
}

async function save({ context, session }: SlashRoom, words: string): Promise<SlashOutcome> {
  if (session.messages.length === 0) return done('Nothing was said yet.');
  const file = resolve(context.io.cwd, words === '' ? `${session.id}.md` : words);
  await writeGiven(file, session.toMarkdown());
  return done(`Written to ${file}.`);
}
