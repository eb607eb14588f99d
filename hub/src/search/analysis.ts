import type { ToolDefinition } from '@counterpart/schemas';
import { isMembers } from '../kernel/members.ts';
import { toolAction, type Action } from './action.ts';
import { wordsOf } from './words.ts';

/** What a tool is found by: each word with the weight of the places it stands in, and the sum of all weights. */
export interface Analysis {
  readonly weights: ReadonlyMap<string, number>;
  readonly length: number;
  readonly action: Action | undefined;
}

/** How much a word counts by where it stands. */
const WEIGHTS = {
  name: 5,
  title: 4,
  summary: 3,
  tag: 2,
  parameter: 1,
  description: 0.7,
  parameterText: 0.35,
} as const;

/** Characters of one text that are read; the rest of a long description repeats itself. */
const MOST_TEXT = 1_500;
const MOST_PARAMETER_TEXT = 200;
const MOST_PARAMETERS = 100;
/** How deep parameters inside parameters are looked for. */
const DEEPEST = 2;

type Members = Readonly<Record<string, unknown>>;

/** Reads a definition for search; `hubName` is the name it is called by. Bounded, whatever the definition holds. */
export function analyseTool(hubName: string, tool: ToolDefinition): Analysis {
  const weights = new Map<string, number>();
  let length = 0;
  const take = (text: string, weight: number): void => {
    // Once a text: `get_customers_customer` is not more about customers than `get_customers`.
    for (const word of new Set(wordsOf(text))) {
      weights.set(word, (weights.get(word) ?? 0) + weight);
      length += weight;
    }
  };
  const { summary, rest } = splitDescription(tool.description ?? '');
  take(hubName, WEIGHTS.name);
  take(tool.title ?? tool.annotations?.title ?? '', WEIGHTS.title);
  take(summary, WEIGHTS.summary);
  take(rest.slice(0, MOST_TEXT), WEIGHTS.description);
  for (const tag of tagsOf(tool)) take(tag, WEIGHTS.tag);
  for (const { name, text } of parametersOf(tool.inputSchema)) {
    take(name, WEIGHTS.parameter);
    take(text.slice(0, MOST_PARAMETER_TEXT), WEIGHTS.parameterText);
  }
  return { weights, length, action: toolAction(tool) };
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
