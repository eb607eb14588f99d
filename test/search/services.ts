import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listTools } from '@counterpart/kit';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { searchHints } from '@counterpart/scaffolds/search/hints';
import { ServerId, effectOf, type ToolDefinition } from '@counterpart/schemas';
import { z } from 'zod';
import { hubName } from '../../hub/src/catalog/naming/names.ts';
import type { ToolRoute } from '../../hub/src/kernel/ports.ts';
import { analyseTool } from '../../hub/src/search/analysis.ts';
import { loadWordVectors } from '../../hub/src/search/meaning/word-vectors.ts';
import { ToolIndex } from '../../hub/src/search/tool-index.ts';
import { descriptionsDir } from '../e2e/builder-workspace.ts';
import { MemoryUpstream } from '../fixtures/gateway/memory-upstream.ts';

const Questions = z.array(
  z.strictObject({
    question: z.string(),
    /** Any of these answers it, each `service/tool`. */
    tools: z.array(z.string()).min(1),
    /** Written after the search was last changed: says how it does with what nobody had in mind. */
    unseen: z.literal(true).optional(),
  }),
);
export type Question = z.infer<typeof Questions>[number];

/** A set of questions beside this file. */
export const questionsIn = (file: string): readonly Question[] =>
  Questions.parse(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')));

/** Tools of real services as a hub finds them. */
export interface Searched {
  readonly index: ToolIndex;
  /** By name in the hub. */
  readonly routes: ReadonlyMap<string, ToolRoute>;
  /** `service/tool` → its name in the hub. */
  readonly names: ReadonlyMap<string, string>;
}

/** Builds each service once, `id` → file, with what a build writes beside its tools for search. */
export async function searchedServices(files: Readonly<Record<string, string>>): Promise<Searched> {
  const index = new ToolIndex(await loadWordVectors());
  const routes = new Map<string, ToolRoute>();
  const names = new Map<string, string>();
  const upstream = new MemoryUpstream({});
  for (const [id, file] of Object.entries(files)) {
    const source = await loadSource(join(descriptionsDir, file));
    const { blueprint } = await readOpenApi(source, { id: ServerId.parse(id) });
    const operations = new Map(blueprint.operations.map((operation) => [operation.name, operation]));
    for (const definition of listTools(blueprint)) {
      const name = hubName(id, id, definition.name);
      const operation = operations.get(definition.name);
      const effect = effectOf(definition);
      names.set(`${id}/${definition.name}`, name);
      routes.set(name, { server: id, upstream, name: definition.name, hubName: name, effect, definition });
      index.add(name, analyseTool(name, definition, operation && searchHints(operation)));
    }
  }
  return { index, routes, names };
}

/** The same tools as most servers list them: nothing says what they do but their words. */
export async function withoutAnnotations(searched: Searched): Promise<Searched> {
  const index = new ToolIndex(await loadWordVectors());
  for (const [name, { definition }] of searched.routes) {
    const { annotations: _, ...bare } = definition;
    index.add(name, analyseTool(name, bare));
  }
  return { ...searched, index };
}

/** Enough for every count that is asked for below. */
const MOST_HITS = 10;
const found = new WeakMap<ToolIndex, Map<string, readonly string[]>>();

/** Each question is asked once. */
export function hitsOf(index: ToolIndex, question: string): readonly string[] {
  const known = found.get(index) ?? new Map<string, readonly string[]>();
  found.set(index, known);
  const hits = known.get(question) ?? index.find(question, MOST_HITS);
  known.set(question, hits);
  return hits;
}

/** The share of questions with a right tool among the first hits. */
export function recallAt(first: number, asked: readonly Question[], { index, names }: Searched): number {
  const answered = asked.filter(({ question, tools }) => {
    const hits = hitsOf(index, question).slice(0, first);
    return tools.some((tool) => hits.includes(names.get(tool) ?? ''));
  });
  return answered.length / asked.length;
}

/** Questions that are what one of their tools says of itself, word for word. */
export const copiedIn = (asked: readonly Question[], { routes, names }: Searched): readonly Question[] =>
  asked.filter(({ question, tools }) =>
    tools.some((tool) => {
      const { description = '', title = '' }: Partial<ToolDefinition> =
        routes.get(names.get(tool) ?? '')?.definition ?? {};
      const first = description.split(/[.\n]/, 1)[0]?.trim().toLowerCase();
      return question.toLowerCase() === first || question.toLowerCase() === title.toLowerCase();
    }),
  );
