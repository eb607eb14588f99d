import type { LoopDetail, LoopOrder } from '@counterpart/schemas';
import { buildIntent } from '../understanding/intents/build-intent.ts';
import { decisionIntent } from '../understanding/intents/decision-intent.ts';

/** The build loop, as chats start and follow it. */
export interface ChatBuilds {
  start(order: Pick<LoopOrder, 'text' | 'author'> & Partial<LoopOrder>): Promise<{ readonly id: string }>;
  /** Rejects with BUILD_UNKNOWN. */
  show(id: string): Promise<LoopDetail>;
  /** Until it waits for somebody or is at its end; every stage is told. */
  follow(id: string, told: (line: string) => void, signal: AbortSignal): Promise<LoopDetail>;
  decide(id: string, decision: 'approve' | 'reject', hash: string): Promise<void>;
  /** Goes on without the secrets that it waits for. */
  skip(id: string): Promise<void>;
  /** Names of secrets that a server wants and has no value for. */
  missingSecrets(server: string): readonly string[];
  /** A page of this machine's where one secret can be entered once. */
  secretPage(server: string, name: string): string;
}

/** How an answer names the build it speaks of, and the content it would install. */
const MARK = /\b(b-[0-9a-z]{10})\b(?: \/ ([0-9a-f]{12})\b)?/g;
const HASH_SHOWN = 12;

export interface BuildTurn {
  readonly builds: ChatBuilds;
  /** The message that is answered, and the answer before it. */
  readonly question: string;
  readonly before: string;
  /** Whether a model is there that can write what no description says. */
  readonly hasModel: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Answers what is said of building servers: true when it was answered, so that no model is asked. */
export async function answerAboutBuild(turn: BuildTurn): Promise<boolean> {
  return (await answerPending(turn)) || (await startBuild(turn));
}

/** A word on the one build that it names, or that the last answer asked about; any other message is no word on it. */
async function answerPending(turn: BuildTurn): Promise<boolean> {
  const { builds, before, question } = turn;
  // Named in the message itself, else asked about by the answer before it.
  const [, id, hash] = [...question.matchAll(MARK)].at(-1) ?? [...before.matchAll(MARK)].at(-1) ?? [];
  if (id === undefined) return false;
  const build = await builds.show(id).catch(() => undefined);
  if (build?.state !== 'waiting') return false;
  if (build.waitsFor === 'secrets') return await goOnWithSecrets(turn, build);
  return build.waitsFor === 'approval' && (await decide(turn, build, hash));
}

async function decide(turn: BuildTurn, build: LoopDetail, shown: string | undefined): Promise<boolean> {
  const { builds, question, say } = turn;
  const { id, sheet, server = '' } = build;
  if (sheet === undefined) return false;
  const names = [id, server, sheet.title].filter((name) => name !== '');
  const word = decisionIntent(question, [{ id, names, isAsked: true }])?.decision;
  if (word === undefined) return false;
  if (shown !== undefined && !hexOf(sheet.hash).startsWith(shown)) {
    say(`What build ${id} would install has changed since. ${sheetWords(build)}`);
    return true;
  }
  await builds.decide(id, word, sheet.hash);
  if (word === 'reject')
    say(`Rejected: nothing was installed. Build ${id} is kept; \`hub builds retry ${id}\` goes on with it.`);
  else await tellEnd(turn, id);
  return true;
}

async function goOnWithSecrets(turn: BuildTurn, { id, server }: LoopDetail): Promise<boolean> {
  const { builds, question } = turn;
  if (/\b(?:skip|later|without|ohne|später)\b/i.test(question)) await builds.skip(id);
  else if (server === undefined || builds.missingSecrets(server).length > 0) {
    if (!/\b(?:done|entered|ready|fertig|ok(?:ay)?|yes|go on|continue)\b/i.test(question)) return false;
    turn.say(secretWords(builds, server ?? '', id));
    return true;
  }
  await tellEnd(turn, id);
  return true;
}

async function startBuild(turn: BuildTurn): Promise<boolean> {
  const { builds, question, hasModel, say } = turn;
  const intent = buildIntent(question);
  if (!intent.isBuild) return false;
  const [from] = intent.urls;
  if (!hasModel && from === undefined) {
    say(
      'I can build that once a model is connected (`providers` in hub.config.json), or from a description: give me the address of the service or of its OpenAPI document. A connected client can also write it (`builder.tools`).',
    );
    return true;
  }
  const { id } = await builds.start({
    text: question,
    author: 'model',
    ...(from === undefined ? {} : { from }),
  });
  say(`I build that as ${id}.\n`);
  await tellEnd(turn, id);
  return true;
}

/** Follows a build and says where it came to. */
async function tellEnd({ builds, say, signal }: BuildTurn, id: string): Promise<void> {
  const build = await builds.follow(id, (line) => say(`- ${line}\n`), signal);
  say(`\n${endWords(builds, build)}`);
}

function endWords(builds: ChatBuilds, build: LoopDetail): string {
  const { id, state, waitsFor, server = '', problem = '' } = build;
  if (state === 'installed') {
    const missing = builds.missingSecrets(server);
    const names = build.sheet?.tools.map(({ name }) => name) ?? [];
    const ready = `${server} is installed: ${names.slice(0, 20).join(', ')}. You can use it right here.`;
    return missing.length === 0 ? ready : `${ready}\n${secretWords(builds, server, id)}`;
  }
  if (waitsFor === 'approval') return sheetWords(build);
  if (waitsFor === 'secrets') return secretWords(builds, server, id);
  if (waitsFor === 'author')
    return `Build ${id} waits for its author: \`hub builds question ${id}\` shows what is asked.`;
  return `Build ${id} is ${state}. ${problem} \`hub builds show ${id}\` tells all.`;
}

/** What would be installed, and the question whether it shall be. */
function sheetWords({ id, sheet }: LoopDetail): string {
  if (sheet === undefined) return `Build ${id} has nothing to approve yet.`;
  const tools = sheet.tools.map(
    ({ name, effect, description }) => `- ${name} (${effect}) ${firstLine(description)}`,
  );
  const list = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${title}: ${names.join(', ')}`];
  return [
    `**${sheet.title}** (${sheet.server} ${sheet.version}) is built and tested: ${sheet.tests.passed} tests passed in ${sheet.tests.sandbox}.`,
    ...(sheet.tests.unsafeLocal === true
      ? ['**UNSAFE: its code ran on this machine without a sandbox.**']
      : []),
    ...tools.slice(0, 20),
    ...(tools.length > 20 ? [`- and ${tools.length - 20} more`] : []),
    ...list('It reaches', sheet.hosts),
    ...list(
      'It wants the secrets',
      sheet.secrets.map(({ name }) => name),
    ),
    ...list('Warnings', sheet.warnings.map(({ message }) => message).slice(0, 10)),
    `Written by ${sheet.author.model ?? sheet.author.kind}, ${sheet.author.repairs} repairs, ${sheet.cost.inputTokens + sheet.cost.outputTokens} tokens.`,
    '',
    `Shall I install it (${id} / ${hexOf(sheet.hash).slice(0, HASH_SHOWN)})? Answer yes or no.`,
  ].join('\n');
}

function secretWords(builds: ChatBuilds, server: string, id: string): string {
  const pages = builds.missingSecrets(server).map((name) => `- ${name}: ${builds.secretPage(server, name)}`);
  if (pages.length === 0) return `All secrets of ${server} are there (${id}).`;
  return `${server} wants secrets. Never write them here: enter each on its own page, which works once, then say "done" (or "later") (${id}).\n${pages.join('\n')}`;
}

const hexOf = (hash: string): string => hash.replace(/^sha256[:-]/, '');
const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 160);
