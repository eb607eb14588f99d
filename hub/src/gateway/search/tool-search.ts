import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SearchHints, ToolDefinition } from '@counterpart/schemas';
import { membersOf } from '../../kernel/protocol/members.ts';
import type { ToolRoute, Upstream } from '../../kernel/ports.ts';
import { analyseTool, type Analysis } from '../../search/analysis.ts';
import { loadWordVectors } from '../../search/meaning/word-vectors.ts';
import { ToolIndex } from '../../search/tool-index.ts';

type Tools = ReadonlyMap<string, ToolRoute>;
type Hints = ReadonlyMap<string, SearchHints>;

/** Time the index may take of one turn, so that calls are not held up while it is made. */
const SLICE_MS = 5;

/** One index a snapshot of the catalog, made when the first search comes. */
const indexes = new WeakMap<Tools, Promise<ToolIndex>>();

/** Kept by definition: after a change of one server only its tools are read anew. */
const analyses = new WeakMap<ToolDefinition, { readonly name: string; readonly analysis: Analysis }>();

/** The index over these tools. */
export function indexOf(tools: Tools): Promise<ToolIndex> {
  const before = indexes.get(tools);
  if (before) return before;
  const index = build(tools);
  indexes.set(tools, index);
  return index;
}

async function build(tools: Tools): Promise<ToolIndex> {
  const index = new ToolIndex(await loadWordVectors());
  const hints = await hintsOf(tools);
  let sliceStart = performance.now();
  for (const [name, { definition, upstream, name: ownName }] of tools) {
    if (!isForAppOnly(definition))
      index.add(name, analysisOf(name, definition, hints.get(upstream)?.get(ownName)));
    if (performance.now() - sliceStart < SLICE_MS) continue;
    await nextTurn();
    sliceStart = performance.now();
  }
  return index;
}

/** What the packages of the servers say beside the definitions of their tools. */
async function hintsOf(tools: Tools): Promise<ReadonlyMap<Upstream, Hints>> {
  const upstreams = new Set([...tools.values()].map(({ upstream }) => upstream));
  const read = [...upstreams].map(async (upstream) => {
    const hints: Hints = (await upstream.searchHints?.()) ?? new Map();
    return [upstream, hints] as const;
  });
  return new Map(await Promise.all(read));
}

/** Called by an app's interface, never by a model (MCP Apps: visibility). */
function isForAppOnly({ _meta }: ToolDefinition): boolean {
  const { visibility } = membersOf(membersOf(_meta)['ui']);
  return Array.isArray(visibility) && !visibility.includes('model');
}

function analysisOf(name: string, definition: ToolDefinition, hints: SearchHints | undefined): Analysis {
  const before = analyses.get(definition);
  if (before?.name === name) return before.analysis;
  const analysis = analyseTool(name, definition, hints);
  analyses.set(definition, { name, analysis });
  return analysis;
}
