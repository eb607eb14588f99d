import { ServerId, type LoopDetail, type LoopOrder } from '@counterpart/schemas';
import { buildIntent } from '../../understanding/intents/build-intent.ts';
import { buildTalk, selectionOf, type BuildTalk } from '../../understanding/intents/build-talk.ts';
import { decisionIntent } from '../../understanding/intents/decision-intent.ts';
import type { BuildTurn } from './chat-builds.ts';
import { ASKED, BUILD_ID, endWords, hexOf, secretWords, sheetWords, stateWords } from './words.ts';

/** Answers what is said of building servers: true when it was answered, so that no model is asked. */
export async function answerAboutBuild(turn: BuildTurn): Promise<boolean> {
  return (await answerKnown(turn)) || (await startBuild(turn));
}

/** A build that a message may be about. */
interface Known {
  readonly build: LoopDetail;
  /** The message names it, or the last answer spoke of it: then words such as `it` are meant for it. */
  readonly isNear: boolean;
  /** The content that a yes is for; undefined: nothing was asked, so that only a message that names the build decides. */
  readonly shown?: string | undefined;
  readonly isNamed: boolean;
}

/** A word on the build that it names, that the last answer asked about, or that the conversation spoke of last. */
async function answerKnown(turn: BuildTurn): Promise<boolean> {
  const known = await knownBuild(turn);
  if (known === undefined) return false;
  const { build } = known;
  if (build.waitsFor === 'approval' && (await decide(turn, known))) return true;
  if (await stop(turn, known)) return true;
  const talk = known.isNear || speaksOfBuild(turn.question) ? buildTalk(turn.question) : undefined;
  return talk !== undefined && (await answerTalk(turn, build, talk));
}

async function knownBuild({ builds, question, answers }: BuildTurn): Promise<Known | undefined> {
  const last = answers.at(-1) ?? '';
  const named = question.match(BUILD_ID)?.at(-1);
  const near = named ?? last.match(BUILD_ID)?.at(-1);
  const id =
    near ??
    answers
      .findLast((answer) => answer.match(BUILD_ID) !== null)
      ?.match(BUILD_ID)
      ?.at(-1);
  const build = id === undefined ? undefined : await builds.show(id).catch(() => undefined);
  if (build === undefined) return undefined;
  const [, asked, hash] = ASKED.exec(last) ?? [];
  return {
    build,
    isNear: near !== undefined,
    isNamed: named !== undefined,
    shown: asked === build.id ? hash : undefined,
  };
}

const speaksOfBuild = (text: string): boolean =>
  /\b(?:build|tool|server|werkzeug|outil|herramienta|strumento|ferramenta)\b|сборк|инструмент|构建|工具|ツール/iu.test(
    text,
  );

/** A yes or no to the sheet that was shown. A text that only looks like the question decides nothing: the hash has to fit. */
async function decide(turn: BuildTurn, { build, shown, isNamed }: Known): Promise<boolean> {
  const { builds, question, say } = turn;
  const { id, sheet, server = '' } = build;
  if (sheet === undefined || (shown === undefined && !isNamed)) return false;
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

const CANCEL = /\b(?:cancel\w*|abort|stop|abbrechen|annul\w+|anuluj)\b|отмен|取消|キャンセル/iu;
const ENDED = new Set(['installed', 'failed', 'rejected', 'cancelled']);

/** `cancel it`, `stop the build`: of one that is at work or waits. */
async function stop(turn: BuildTurn, { build, isNear }: Known): Promise<boolean> {
  const { id, state, server = '' } = build;
  if (ENDED.has(state) || build.waitsFor === 'approval') return false;
  // A server that waits for its secrets is installed: a bare no means the secrets.
  if (build.waitsFor === 'secrets' && !CANCEL.test(turn.question)) return false;
  const names = [id, server, 'build', 'tool'].filter((name) => name !== '');
  const word = decisionIntent(turn.question, [{ id, names, isAsked: isNear }])?.decision;
  if (word !== 'reject') return false;
  await turn.builds.cancel(id);
  turn.say(
    `Build ${id} is cancelled, and nothing was installed. \`hub builds retry ${id}\` goes on with it.`,
  );
  return true;
}

async function answerTalk(turn: BuildTurn, build: LoopDetail, talk: BuildTalk): Promise<boolean> {
  const isWaitingForApproval = build.waitsFor === 'approval';
  switch (talk.kind) {
    case 'status':
      turn.say(stateWords(turn.builds, build));
      return true;
    case 'follow':
    case 'done':
    case 'later':
      return await goOn(turn, build, talk.kind);
    case 'refuse':
      return isWaitingForApproval && (await refuse(turn, build, talk.reason));
    case 'change':
      return isWaitingForApproval && (await change(turn, build, talk.wish));
  }
}

async function goOn(turn: BuildTurn, build: LoopDetail, word: 'follow' | 'done' | 'later'): Promise<boolean> {
  const { id, state, server = '' } = build;
  if (build.waitsFor !== 'secrets') {
    if (word !== 'follow') return false;
    // It may have come to its end since its follower was told to say so.
    if (state === 'running' || state === 'queued') await tellEnd(turn, id);
    else turn.say(endWords(turn.builds, build));
    return true;
  }
  if (word === 'later') await turn.builds.skip(id);
  else if (turn.builds.missingSecrets(server).length > 0) {
    turn.say(secretWords(turn.builds, server, id));
    return true;
  }
  await tellEnd(turn, id);
  return true;
}

async function refuse(turn: BuildTurn, { id, sheet }: LoopDetail, reason: string): Promise<boolean> {
  if (sheet === undefined) return false;
  await turn.builds.decide(id, 'reject', sheet.hash);
  turn.say(
    `Rejected, for you said: ${reason}\nNothing was installed. Say what should be different, and I build it anew; build ${id} is kept.`,
  );
  return true;
}

const LONGEST_ORDER = 8_000;

/** The same is built with the wish: of a description, a choice of its operations; then what was built before is rejected. */
async function change(turn: BuildTurn, build: LoopDetail, wish: string): Promise<boolean> {
  const { builds, say } = turn;
  const { id, sheet, order } = build;
  if (sheet === undefined) return false;
  const isCompiled = order.from !== undefined;
  if (!isCompiled && !turn.hasModel) return false;
  const name = nameIn(wish);
  const next: LoopOrder = isCompiled
    ? { ...order, ...(name === undefined ? { select: selectionOf(wish) } : { name }) }
    : { ...order, text: `${order.text}\n\nChanged after a first version: ${wish}`.slice(0, LONGEST_ORDER) };
  const { id: started } = await builds.start(next);
  say(`Nothing is installed of ${id}. I build it anew, ${wish}, as ${started}.\n`);
  // What cannot be built that way leaves the first one to be decided on.
  const { state } = await tellEnd(turn, started);
  if (state === 'failed') say(`\n${besideWords(build)}`);
  else await builds.decide(id, 'reject', sheet.hash);
  return true;
}

/** `call it tempo`: another name is no other choice of tools. */
function nameIn(wish: string): LoopOrder['name'] {
  const named =
    /^(?:call|name|rename) it (?:to )?["“']?([\w-]+)|^nenne? es ["„']?([\w-]+)|^(?:appelle-le|llámalo|chiamalo|chame de|noem het) ["“']?([\w-]+)/i.exec(
      wish,
    );
  return ServerId.safeParse(
    named
      ?.slice(1)
      .find((found) => found !== undefined)
      ?.toLowerCase(),
  ).data;
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
  const other = await knownBuild(turn);
  const { id } = await builds.start({
    text: question,
    author: 'model',
    ...(from === undefined ? {} : { from }),
  });
  say(`I build that as ${id}.\n`);
  if (other !== undefined && !ENDED.has(other.build.state)) say(`${besideWords(other.build)}\n`);
  await tellEnd(turn, id);
  return true;
}

const besideWords = ({ id, state, waitsFor }: LoopDetail): string =>
  waitsFor === 'approval'
    ? `Build ${id} goes on waiting for your word: “approve ${id}” or “reject ${id}”.`
    : `Build ${id} goes on beside it (${waitsFor === undefined ? state : `it waits for ${waitsFor}`}); “cancel ${id}” ends it.`;

/** Follows a build and says where it came to. */
async function tellEnd({ builds, say, signal }: BuildTurn, id: string): Promise<LoopDetail> {
  const build = await builds.follow(id, (line) => say(`- ${line}\n`), signal);
  say(`\n${endWords(builds, build)}`);
  return build;
}
