import {
  ASKING,
  DESCRIPTION_URL,
  DOER,
  JOIN,
  JOIN_LAST,
  JOINED_OTHERWISE,
  MAKE,
  MAKE_LAST,
  MANNERS,
  NEED,
  NOUN_END,
  REFUSED,
  SERVICE,
  SET_UP,
  SOMETHING,
  THING_FIRST,
  THING_LAST,
  THING_UNSPACED,
  TRACKED,
  TURN,
  WISH,
} from './build-words.ts';

import { plainText } from '../plain-text.ts';

/** Whether a sentence asks for a tool that the hub has yet to make. */
export interface BuildIntent {
  readonly isBuild: boolean;
  /** From 0 to 1; `isBuild` from a half on. */
  readonly confidence: number;
  /** Which rule spoke. */
  readonly because: string;
  /** Addresses in the sentence: the first is what the build may read. */
  readonly urls: readonly string[];
}

/** Longer messages are documents: only how they begin says what is wanted. */
const LONGEST_CHARS = 2000;
/** Words of a noun that are looked at. */
const NOUN_WORDS = 7;

interface Sentence {
  /** Lower case, without accents, manners and quotes. */
  readonly text: string;
  /** As written. */
  readonly original: string;
  readonly url: string | undefined;
}

type Rule = readonly [name: string, confidence: number, fits: (sentence: Sentence) => boolean];

/** The first that fits decides. */
const RULES: readonly Rule[] = [
  ['only an address of a description', 0.8, ({ original, url }) => url !== undefined && url === original],
  ['turns something into tools', 0.85, ({ text }) => TURN.test(text)],
  ['is not wanted', 0.05, ({ text }) => REFUSED.test(text)],
  ['asks about something', 0.05, ({ text }) => ASKING.test(text)],
  ['asks what can be built', 0.2, ({ text }) => /^\S+ (?:tools|servers|integrations)\s*\?$/.test(text)],
  [
    'changes what there is',
    0.2,
    ({ text }) =>
      /^(?:add|make|set|write) (?:the|this|that|these) (?:tool|server|integration|connector)s?\b/.test(text),
  ],
  ['makes a tool', 0.95, ({ text }) => makes(text, isThing)],
  ['makes something that does it', 0.75, ({ text }) => makes(text, isDoer)],
  [
    'makes something of a description',
    0.85,
    ({ text, url }) =>
      url !== undefined &&
      (MAKE.test(text) || JOIN.test(text) || /^(?:import|turn|convert|wrap)\b/.test(text)),
  ],
  [
    'adds something as a tool',
    0.85,
    ({ text }) =>
      MAKE.test(text) &&
      /\b(?:as an? (?:new )?(?:tool|server)|to (?:the|my|your|this) (?:hub|tools|servers))\b/.test(text),
  ],
  ['adds an interface', 0.7, ({ text }) => addsInterface(text)],
  ['needs a tool', 0.85, ({ text }) => needs(text)],
  [
    'makes a tool, the verb last',
    0.85,
    ({ text }) => MAKE_LAST.test(text) && (THING_UNSPACED.test(text) || namesThing(text)),
  ],
  ['joins something', 0.75, (sentence) => joins(sentence)],
  ['wishes something, then a tool for it', 0.7, (sentence) => wishesThenMakes(sentence)],
  ['follows something of the owner’s', 0.65, ({ text }) => TRACKED.test(text)],
];

/** Tells requests for a new tool from others, by rules over words of fifteen languages; under a millisecond. */
export function buildIntent(message: string): BuildIntent {
  const original = message.slice(0, LONGEST_CHARS).trim();
  const urls = original.match(/https?:\/\/[^\s"'<>)]*[^\s"'<>).,;:!?]/g) ?? [];
  const sentence: Sentence = {
    text: plainSentence(original),
    original,
    url: DESCRIPTION_URL.exec(original)?.[0],
  };
  const rule = RULES.find(([, , fits]) => fits(sentence));
  const confidence = rule?.[1] ?? 0.1;
  return { isBuild: confidence >= 0.5, confidence, because: rule?.[0] ?? 'no rule', urls };
}

function plainSentence(text: string): string {
  const plain = plainText(text);
  return plain
    .replace(MANNERS, '')
    .replace(/^[¿¡]\s*/, '')
    .trim();
}

/** Whether a verb of making is followed by such a noun, its article before it. */
function makes(text: string, fits: (noun: string) => boolean): boolean {
  const verb = MAKE.exec(text)?.[0];
  return verb !== undefined && fits(text.slice(verb.length));
}

function addsInterface(text: string): boolean {
  const verb =
    /^(?:add|wrap|expose|import|ajoute\w*|anad\w+|agrega\w*|aggiungi|adicion\w+|fuge|voeg|добавь)\b/u.exec(
      text,
    )?.[0];
  const noun = nounOf(withoutArticle(text.slice(verb?.length)));
  return verb !== undefined && SERVICE.test(noun) && !/\bkeys?$/.test(noun);
}

/** "I want to see my decks, make a tool for that": the first clause is a wish, so that "a ticket: make a tool" is none. */
function wishesThenMakes({ original, url }: Sentence): boolean {
  const [wish = '', ...clauses] = plainText(original).split(/[,.;:!](?: |$)/);
  if (!WISH.test(wish)) return false;
  return clauses
    .map((clause) => clause.replace(MANNERS, ''))
    .some(
      (clause) =>
        !REFUSED.test(clause) &&
        (makes(clause, isThing) ||
          /^build (?:it|that|one)\b/.test(clause) ||
          (url !== undefined && MAKE.test(clause))),
    );
}

function needs(text: string): boolean {
  const verb = NEED.exec(text)?.[0];
  const after = text.slice(verb?.length).replace(/^[\s:']+/, '');
  if (verb === undefined || /^(?:the|all|some|my|your|les|los|las|die|de) /.test(after)) return false;
  const rest = withoutArticle(after);
  if (/^(?:tools|servers|integrations)\b/.test(rest)) return false;
  return isThing(rest) || (verb !== 'have' && DOER.test(nounOf(rest)));
}

const ARTICLE =
  /^(?:\s*(?:an?|the|some|my|our|your|another|one|new|small|little|simple|custom|proper|own|eine?[nrms]?|den|die|das|mein\w*|unser\w*|neue?[nrms]?|kleine?[nrms]?|une?|des?|le|la|les|mon|ma|nouve\w+|una?|el|los?|mi|nuev[oa]|uno|il|lo|um|uma|o|een|het|de|bitte|please|bir)(?![\p{L}'])|\s*(?:l|un|d)')+\s*/u;

const withoutArticle = (text: string): string => text.trim().replace(ARTICLE, '').trim();

/** The noun at the start: its words up to what describes it. */
function nounOf(text: string): string {
  const end = text.search(NOUN_END);
  return (end < 0 ? text : text.slice(0, end)).trim().split(' ').slice(0, NOUN_WORDS).join(' ');
}

/** An article of a Romance language: there the first word of a noun tells what it is. */
const ROMANCE = /^\s*(?:une?|una|uma?)\s/u;

/** The last word tells what an English or German noun is, the first what a Romance or Slavic one is. */
function isThing(text: string): boolean {
  const noun = nounOf(withoutArticle(text));
  if (THING_LAST.test(noun)) return true;
  const [first = '', second] = noun.split(' ');
  // `tool list` is a list: words that are also English lead a noun only when nothing follows them.
  return (
    THING_FIRST.test(first) &&
    (second === undefined ||
      ROMANCE.test(text) ||
      !/^(?:tool|server|mcp|plug-?in|adapter|wrapper|connector|integration)$/.test(first))
  );
}

const isDoer = (text: string): boolean => {
  const noun = withoutArticle(text);
  return DOER.test(nounOf(noun)) || SOMETHING.test(noun);
};

const namesThing = (text: string): boolean =>
  text.split(/[\s,.!?]+/).some((word) => THING_LAST.test(word) || THING_FIRST.test(word));

/** Joining needs something that can be joined: a name, an address, an API, something of the owner’s. */
function joins({ text, original, url }: Sentence): boolean {
  if (JOIN_LAST.test(text)) return hasName(original) && !JOINED_OTHERWISE.test(text);
  const verb = (JOIN.exec(text) ?? SET_UP.exec(text))?.[0];
  if (verb === undefined) return false;
  const rest = text.slice(verb.length).trim();
  if (JOINED_OTHERWISE.test(rest) || /^\S+ (?:me|us) with /.test(text)) return false;
  if (url !== undefined || isThing(rest) || SERVICE.test(rest)) return true;
  if (/integration$|connection$/.test(verb)) return rest !== '';
  // Only a name, for `set up Anna as an admin` makes no server.
  if (SET_UP.test(text)) return hasName(original) && ONLY_A_NAME.test(rest);
  return OWN.test(rest) || hasName(original);
}

const ONLY_A_NAME = /^[\p{L}\d.-]+(?: [\p{L}\d.-]+)?(?:[.!?]|$| (?:so|for me|please|ein))/u;

/** Something of the one who asks. */
const OWN =
  /^(?:my|our|mein\w*|unser\w*|mon|ma|mes|notre|nos|mis?|nuestr[ao]|mi[ao]|il mio|la mia|meu|minha|mijn|onze?|мо[йюе]\p{L}*)\s/u;

/** A word with a capital that does not begin the sentence: in what languages write so, a name. */
function hasName(original: string): boolean {
  return /(?<=[\p{L}\p{N},’'] )(?!I\b)\p{Lu}[\p{L}\p{N}.]+/u.test(original);
}
