import type { SearchHints, ToolDefinition } from '@counterpart/schemas';
import { isMembers } from '../kernel/protocol/members.ts';
import { extentOf, isPlainVerb, toolAction, type Action, type Extent } from './action.ts';
import { wordsOf } from './words.ts';

/** What a tool is found by. */
export interface Analysis extends Outline {
  /** Each word with the weight of the places it stands in. */
  readonly weights: ReadonlyMap<string, number>;
}

/** What tells how close a tool is that was found. */
export interface Outline {
  /** The sum of all weights. */
  readonly length: number;
  readonly action: Action | undefined;
  readonly extent: Extent | undefined;
  /** Words of its name and first line, without the verb that leads them: what it is about, and nothing else. */
  readonly own: readonly string[];
  /** The same as they follow each other. */
  readonly lines: readonly (readonly string[])[];
  /** What the verb of its first line is followed by. */
  readonly object: string | undefined;
  readonly isDeprecated: boolean;
}

/** How much a word counts by where it stands. */
const WEIGHTS = {
  name: 5,
  title: 4,
  summary: 3,
  tag: 2,
  hint: 1,
  question: 1,
  parameter: 1,
  description: 0.7,
  parameterText: 0.35,
  verb: 0.5,
  initials: 2,
} as const;

/** Characters of one text that are read; the rest of a long description repeats itself. */
const MOST_TEXT = 1_500;
const MOST_PARAMETER_TEXT = 200;
const MOST_PARAMETERS = 100;
/** How deep parameters inside parameters are looked for. */
const DEEPEST = 2;
/** Words of a first line that may be called by their initials. */
const MOST_INITIALS = 8;
/** Words of a name or first line. */
const MOST_OWN = 24;

/** What first lines say of any thing: a tool that has them is about nothing more special. */
const FILLERS: ReadonlySet<string> = new Set(
  wordsOf(
    'info information details data object given specified specific existing unique following allows endpoint',
  ),
);

/** What a plain verb is kept as that a name ends with; leading names and questions, it says little and is passed over. */
export const bareVerb = (verb: string): string => `=${verb}`;

/** `add`, or `cart_add`: a question for it leads with its verb, which tells it from other tools. */
function endingVerb(nameWords: readonly string[]): string[] {
  const verb = nameWords.at(-1);
  const isOnly = nameWords.findIndex(isPlainVerb) === nameWords.length - 1;
  return verb !== undefined && isOnly ? [bareVerb(verb)] : [];
}

type Members = Readonly<Record<string, unknown>>;

/** Reads a definition for search; `hubName` is the name it is called by. Bounded, whatever the definition holds. */
export function analyseTool(hubName: string, tool: ToolDefinition, hints?: SearchHints): Analysis {
  const { summary, rest } = splitDescription(tool.description ?? '');
  const title = tool.title ?? tool.annotations?.title ?? '';
  const [server, name] = splitName(hubName);
  const bag = new Bag();
  bag.take(wordsOf(server), WEIGHTS.name);
  const nameWords = bag.takeLed(wordsOf(name), WEIGHTS.name);
  bag.take(endingVerb(wordsOf(name)), WEIGHTS.name);
  const titleWords = bag.takeLed(wordsOf(title), WEIGHTS.title);
  const summaryWords = bag.takeLed(wordsOf(summary), WEIGHTS.summary);
  bag.take(wordsOf(rest.slice(0, MOST_TEXT)), WEIGHTS.description);
  for (const tag of tagsOf(tool)) bag.take(wordsOf(tag), WEIGHTS.tag);
  for (const { name: parameter, text } of parametersOf(tool.inputSchema)) {
    bag.take(wordsOf(parameter), WEIGHTS.parameter);
    bag.take(wordsOf(text.slice(0, MOST_PARAMETER_TEXT)), WEIGHTS.parameterText);
  }
  bag.take(wordsOf((hints?.synonyms ?? []).join(' ')), WEIGHTS.hint);
  bag.take(wordsOf((hints?.questions ?? []).join(' ')), WEIGHTS.question);
  const line = (titleWords.length > 0 ? titleWords : summaryWords).slice(0, MOST_OWN);
  bag.take([...initialsOf(nameWords), ...initialsOf(line.slice(0, MOST_INITIALS))], WEIGHTS.initials);
  const said = new Set([...nameWords.slice(0, MOST_OWN), ...line]);
  const own = [...said].filter((word) => !FILLERS.has(word));
  return {
    weights: bag.weights,
    length: bag.length,
    action: toolAction(tool),
    extent: extentOf(summary.slice(0, 200)) ?? extentOf(name.replaceAll('_', ' ')),
    own,
    lines: [nameWords.slice(0, MOST_OWN), line],
    object: line[0],
    isDeprecated: /^\W*(?:deprecated|closing down)\b/i.test(`${title} ${summary}`.trim()),
  };
}

class Bag {
  readonly weights = new Map<string, number>();
  length = 0;

  /** Once a text: `get_customers_customer` is not more about customers than `get_customers`. */
  take(words: readonly string[], weight: number): void {
    for (const word of new Set(words)) {
      this.weights.set(word, (this.weights.get(word) ?? 0) + weight);
      this.length += weight;
    }
  }

  /** The same, but a plain verb in front counts little; answers what follows it. */
  takeLed(words: readonly string[], weight: number): readonly string[] {
    const [first] = words;
    const rest = first !== undefined && isPlainVerb(first) && words.length > 1 ? words.slice(1) : words;
    if (rest !== words) this.take(words.slice(0, 1), WEIGHTS.verb);
    this.take(rest, weight);
    return rest;
  }
}

/** The server's part of a name in the hub, and the tool's own. */
function splitName(hubName: string): [server: string, name: string] {
  const at = hubName.indexOf('__');
  return at === -1 ? ['', hubName] : [hubName.slice(0, at), hubName.slice(at + 2)];
}

/** `pvc` for persistent volume claim: three or four words that follow each other, by their first letters. */
function initialsOf(words: readonly string[]): string[] {
  const found: string[] = [];
  for (const count of [3, 4])
    for (let at = 0; at + count <= words.length; at += 1)
      found.push(
        words
          .slice(at, at + count)
          .map((word) => word[0])
          .join(''),
      );
  return found;
}

/** A definition's first sentence or line, in one line. */
export const summaryOf = ({ title, description, annotations }: ToolDefinition): string =>
  splitDescription(description ?? title ?? annotations?.title ?? '').summary;

const SENTENCE = /^.*?(?:[.!?](?=\s)|\n|$)/s;

function splitDescription(text: string): { summary: string; rest: string } {
  const trimmed = text.trim().slice(0, 4 * MOST_TEXT);
  const first = SENTENCE.exec(trimmed)?.[0] ?? '';
  return { summary: first.replace(/\s+/g, ' ').trim(), rest: trimmed.slice(first.length) };
}

/** Tags are no part of the protocol: servers put them beside the name, or in `_meta`, plainly or under a key of their own. */
function tagsOf(tool: ToolDefinition): string[] {
  const { _meta: meta } = tool;
  const places = isMembers(meta) ? [tool, meta, ...Object.values(meta)] : [tool];
  return places.flatMap((place) => {
    const tags = isMembers(place) ? place['tags'] : undefined;
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string').slice(0, 20) : [];
  });
}

interface Parameter {
  readonly name: string;
  readonly text: string;
}

function parametersOf(schema: Members): Parameter[] {
  const found: Parameter[] = [];
  collect(schema, 0, found);
  return found;
}

function collect(schema: unknown, depth: number, found: Parameter[]): void {
  if (!isMembers(schema) || !isMembers(schema['properties'])) return;
  for (const [name, property] of Object.entries(schema['properties'])) {
    if (found.length >= MOST_PARAMETERS) return;
    const text = isMembers(property) ? property['description'] : undefined;
    found.push({ name, text: typeof text === 'string' ? text : '' });
    if (depth + 1 < DEEPEST) collect(property, depth + 1, found);
  }
}
