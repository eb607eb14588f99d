import type { ChatItem, JsonMembers } from '../../kernel/ports.ts';
import { clarifyingQuestion } from '../understanding/grounding.ts';
import { buildIntent } from '../understanding/intents/build-intent.ts';
import { plainText } from '../understanding/plain-text.ts';
import { textOf } from '../understanding/text-of.ts';
import { chooseTool, lastName, lastWords, nameWords, type Choice, type RuleTool } from './choose.ts';
import { fillAnswer, fillArguments, givesUp } from './fill.ts';
import { moneyLeft } from './sentence/left.ts';
import { isRefusal } from './sentence/refusal.ts';
import type { Slot } from './slots.ts';
import { searchText } from './sentence/question.ts';
import { standingQuestion } from './sentence/standing.ts';
import { valuesIn } from './sentence/values.ts';
import { allWords, contentWords, root, verbOf } from './sentence/words.ts';

/** The hub's own search, as the rules use it. */
export interface RuleTools {
  /** Best first. */
  search(text: string, limit: number): Promise<readonly RuleTool[]>;
  get(name: string): RuleTool | undefined;
  readonly count: number;
}

/** What answers a message where no model is. */
export type RuleAnswer =
  | {
      readonly kind: 'call';
      readonly tool: string;
      readonly arguments: JsonMembers;
      /** It changes something: a person says yes before. */
      readonly needsConfirmation: boolean;
    }
  | { readonly kind: 'ask'; readonly text: string }
  | { readonly kind: 'build'; readonly text: string; readonly url?: string | undefined }
  | { readonly kind: 'explain'; readonly text: string };

export interface RuleQuestion {
  /** The whole conversation, the message to be answered last. */
  readonly items: readonly ChatItem[];
  readonly tools: RuleTools;
  readonly today: Date;
}

/** Tools that the search is asked for. */
const HITS = 12;
/** Messages of one chain of questions and answers. */
const LONGEST_CHAIN = 8;
/** What is longer is no request for one tool. */
const LONGEST_MESSAGE = 2000;
const MOST_LISTED = 8;
/** Words of a tool’s name, its verb among them, that no answer to a question has by chance. */
const LEAST_NAMED = 2;

/** How a question of the rules begins: by it their own question is known again in the next message. */
const ASKED = /^To use (\S+) I need /;

/**
 * Answers by rules: the tool that fits, its arguments from the sentence, one question for what is missing. Nothing is called here,
 * and nothing is kept: an answer to a question is put together from the conversation.
 */
export async function respondByRules({ items, tools, today }: RuleQuestion): Promise<RuleAnswer> {
  const messages = items.flatMap((item) =>
    item.type === 'message' ? [{ role: item.role, text: textOf(item).slice(0, LONGEST_MESSAGE) }] : [],
  );
  const message = messages.at(-1)?.text.trim() ?? '';
  const asked = openQuestion(messages, tools);
  if (asked && givesUp(message)) return { kind: 'explain', text: 'All right, I leave it.' };
  const wished = asked && (await otherWish(message, asked.tool, { tools, today }));
  const answered = asked && !wished && answer(asked, today);
  if (answered) return answered;
  const intent = buildIntent(message);
  if (intent.isBuild) return { kind: 'build', text: message, url: intent.urls[0] };
  if (isTalk(message)) return { kind: 'explain', text: explanation(tools.count) };
  return await useTool(message, tools, today);
}

/** Whether a message that might answer a question wants another tool instead: it begins with what to do, and names that tool. */
async function otherWish(
  message: string,
  asked: RuleTool,
  { tools, today }: Pick<RuleQuestion, 'tools' | 'today'>,
): Promise<boolean> {
  const [first = '', second = ''] = allWords(message).map(root);
  const { action, verb } = verbOf(message);
  const begins = verb === first || (first === 'please' && verb === second);
  if (action === undefined || !begins) return false;
  const other = chooseTool(message, await tools.search(message, HITS), today)?.tool;
  if (other === undefined || other.name === asked.name) return false;
  const names = nameWords(other);
  return contentWords(message).filter((word) => names.has(word)).length >= LEAST_NAMED;
}

type Message = { readonly role: string; readonly text: string };

interface OpenQuestion {
  readonly tool: RuleTool;
  /** What the person said: the first request, then their answers. */
  readonly said: readonly string[];
}

/** The question that the last message answers, with the request it came of. */
function openQuestion(messages: readonly Message[], tools: RuleTools): OpenQuestion | undefined {
  const said: string[] = [];
  let name: string | undefined;
  for (let at = messages.length - 1; at >= 0 && said.length < LONGEST_CHAIN; at -= 2) {
    const [before, current] = [messages[at - 1], messages[at]];
    if (current?.role !== 'user') break;
    said.unshift(current.text);
    const asked = before?.role === 'assistant' ? ASKED.exec(before.text)?.[1] : undefined;
    if (asked === undefined || (name !== undefined && asked !== name)) break;
    name = asked;
  }
  const tool = name === undefined ? undefined : tools.get(name);
  return tool && said.length > 1 ? { tool, said } : undefined;
}

/** The call, when the answers say enough; the rest of the question when they say some; undefined when they say something else. */
function answer({ tool, said }: OpenQuestion, today: Date): RuleAnswer | undefined {
  const [request = '', ...answers] = said;
  const filled = fillArguments({
    parameters: tool.parameters,
    toolWords: nameWords(tool),
    sentence: request,
    values: valuesIn(request, today),
    isCareful: tool.effect === 'destructive',
    nouns: lastWords(tool),
  });
  let state = { given: filled.arguments, missing: filled.missing };
  let before = state.missing.length;
  for (const text of answers) {
    before = state.missing.length;
    state = fillAnswer(state, text, today);
  }
  if (state.missing.length === 0) return callOf(tool, state.given);
  const last = answers.at(-1) ?? '';
  const isElsewhere =
    state.missing.length === before && (/\?\s*$/.test(last) || buildIntent(last).isBuild || last.length > 80);
  return isElsewhere ? undefined : ask(tool, state.missing);
}

const callOf = (tool: RuleTool, given: JsonMembers): RuleAnswer => ({
  kind: 'call',
  tool: tool.name,
  arguments: given,
  needsConfirmation: tool.effect !== 'read',
});

const ask = (tool: RuleTool, missing: readonly Slot[]): RuleAnswer => ({
  kind: 'ask',
  text: clarifyingQuestion(
    tool,
    missing.map(({ path }) => path.join('.')),
  ),
});

/** What is to be composed, which no tool does unless it is named so. */
const COMPOSED =
  /^(?:please )?(?:can you |could you )?(?:build|make|write|compose|create|draft|tell|give|invent)(?: (?:me|us))? (?:an? |the |some )?(?:\w+ )?(sentence|poem|story|joke|essay|song|haiku|paragraph|limerick|rhyme|speech)s?\b/;

async function useTool(message: string, tools: RuleTools, today: Date): Promise<RuleAnswer> {
  if (isRefusal(message)) return { kind: 'explain', text: LEFT };
  const standing = await answerStanding(message, tools);
  if (standing !== undefined) return standing;
  const left = await chooseLeft(message, tools, today);
  if (left.length > 1) return several(left.map(({ tool }) => tool));
  if (left[0] !== undefined) return answerWith(left[0]);
  const found = await tools.search(searchText(message, valuesIn(message, today)), HITS);
  const composed = COMPOSED.exec(plainText(message))?.[1];
  if (composed !== undefined && !found.some((tool) => nameWords(tool).has(composed)))
    return { kind: 'explain', text: nothingFits(message, [], tools.count) };
  const choice = chooseTool(message, found, today);
  if (!choice) return { kind: 'explain', text: nothingFits(message, found, tools.count) };
  return answerWith(choice);
}

function answerWith({ tool, filled }: Choice): RuleAnswer {
  if (filled.untellable.length > 0)
    return {
      kind: 'explain',
      text: `${tool.name} fits, but it needs ${filled.untellable.join(', ')}, which no single sentence can tell. Call it with \`hub call ${tool.name} --help\`, or connect a model: ${CONNECT}`,
    };
  return filled.missing.length > 0 ? ask(tool, filled.missing) : callOf(tool, filled.arguments);
}

/** A question of which every service has one tool: it is that of the service which is named, or of the only one. */
async function answerStanding(message: string, tools: RuleTools): Promise<RuleAnswer | undefined> {
  const question = standingQuestion(message);
  if (question === undefined) return undefined;
  const { search, names, about } = question;
  const near = await tools.search(`${search} ${about.join(' ')}`, HITS);
  const named = await tools.search(about.join(' '), HITS);
  const servers = new Set([...near, ...named].flatMap((tool) => [...serverWords(tool)]));
  const found = near.filter(
    (tool) => tool.effect === 'read' && names.test(lastName(tool.name)) && isFree(tool),
  );
  const meant = found.filter((tool) => about.every((word) => serverWords(tool).has(root(word))));
  const [only, ...others] = meant;
  // Of a thing that is no server it may be asked as well.
  if (only === undefined)
    return about.some((word) => !servers.has(root(word)))
      ? undefined
      : { kind: 'explain', text: nothingFits(message, near, tools.count) };
  if (others.length === 0) return callOf(only, {});
  return several(meant);
}

function several(tools: readonly RuleTool[]): RuleAnswer {
  const list = tools.slice(0, MOST_LISTED).map(({ name }) => `- ${name}`);
  return { kind: 'explain', text: `Several servers can tell. Say which one is meant:\n${list.join('\n')}` };
}

/** Words beside an amount in the name of a tool that tells it, and nothing else. */
const BESIDE_AMOUNT = /^(?:account|current|available|remaining|total|own|user|info)$/;

/** What tells how much money is left, where a message asks for that: one, or one of each server that could be meant. */
async function chooseLeft(message: string, tools: RuleTools, today: Date): Promise<readonly Choice[]> {
  const question = moneyLeft(message);
  for (const word of question?.words ?? []) {
    const wording = question?.wording(word) ?? '';
    const said = new Set([...contentWords(wording), ...contentWords(message)]);
    const tells = (tool: RuleTool): boolean => {
      const nouns = lastWords(tool);
      const isAmount = nouns.includes(root(word));
      return (
        tool.effect === 'read' &&
        isAmount &&
        nouns.every((noun) => said.has(noun) || BESIDE_AMOUNT.test(noun))
      );
    };
    const values = valuesIn(wording, today);
    const found = (await tools.search(searchText(wording, values), HITS)).filter(tells);
    const named = found.filter((tool) => [...serverWords(tool)].some((own) => said.has(own)));
    const pool = named.length > 0 ? named : found;
    const servers = Map.groupBy(pool, ({ name }) => name.split('__')[0]);
    const asked = values.length > 0 ? [pool] : [...servers.values()];
    // What is told of everything is no answer to what is asked of one.
    const choices = asked
      .flatMap((own) => chooseTool(wording, own, today) ?? [])
      .filter(({ filled }) => filled.unusedIds === 0);
    if (choices.length > 0) return choices;
  }
  return [];
}

const serverWords = ({ name }: RuleTool): ReadonlySet<string> =>
  new Set(allWords(name.split('__')[0] ?? '').map(root));

/** Whether a tool can be called with nothing. */
const isFree = ({ parameters: { required } }: RuleTool): boolean =>
  !Array.isArray(required) || required.length === 0;

const LEFT = 'All right, I do nothing. Say what I should do, without a “not”, and I look for the tool.';

const CONNECT =
  'add one under `providers` in hub.config.json (an OpenAI-compatible base URL is enough, also a local one such as Ollama’s).';

const TALK =
  /^(?:(?:hi|hello|hey|hallo|moin|bonjour|salut|hola|ciao|ola|good (?:morning|evening|day|afternoon))(?: there)?|help|\?+|hilfe|aide|ayuda|what (?:can|do) you do|who are you|what are you|how are you|thanks?(?: you)?|danke|merci|gracias|test|ping|what (?:tools|servers) (?:do you have|are there)|which (?:tools|servers)(?: do you have| are there)?|are you an? (?:ai|model|bot|llm))[\s!.?]*$/;

const isTalk = (message: string): boolean => message === '' || TALK.test(plainText(message));

const explanation = (count: number): string =>
  [
    `No model is connected, so I answer by rules: say what you want in one sentence and I look for the right tool among the ${count} of this hub, fill in its arguments and show you the result.`,
    'Such as "list the special events tomorrow", with values by name where that is clearer ("limit: 5"). I ask for what is missing, and before anything is changed.',
    'I can also build: "build a server from https://…/openapi.json".',
    `For everything else connect a model: ${CONNECT}`,
  ].join('\n\n');

const ENGLISH =
  'The rules read English, and the most usual words of German, French and Spanish beside names as tools have them: in English there may be a tool for this. A model reads every language.';
/** Letters of other scripts, and words that English does not have. */
const FOREIGN =
  /(?!\p{Script=Latin})\p{L}|(?<!\p{L})(?:der|das|und|ist|ich|mir|wie|welche|les|des|une|est|quel(?:le)?s?|avec|los|las|una|que|cual(?:es)?|con|il|che|gli|della|het|een|welke)(?!\p{L})/iu;

function nothingFits(message: string, found: readonly RuleTool[], count: number): string {
  const near = found
    .slice(0, MOST_LISTED)
    .map(({ name, title }) => `- ${name}${title === undefined ? '' : `: ${title}`}`);
  const start =
    count === 0
      ? 'No server is installed yet, so there is no tool for this. `hub build --from <file|url>` makes one, and so do I: "build a server from https://…".'
      : 'I found no tool that clearly does this.';
  return [
    start,
    ...(FOREIGN.test(message) ? [ENGLISH] : []),
    ...(near.length > 0 ? [`The nearest are:\n${near.join('\n')}`] : []),
    `No model is connected, so I answer by rules. For everything else connect one: ${CONNECT}`,
  ].join('\n\n');
}
