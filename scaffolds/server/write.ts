import { listTools } from '@counterpart/kit';
import type { Blueprint, ToolDefinition } from '@counterpart/schemas';
import { searchHints } from '../search/hints.ts';
import { renderProgram } from './program.ts';
import { renderReadme } from './readme.ts';
import { toManifest } from './manifest.ts';

export interface RenderOptions {
  readonly version: string;
  /** `hashJson` of the stable blueprint. */
  readonly blueprintHash: string;
  readonly category: string;
  readonly platform: string;
  /** Every tool the server lists, in its order; without hand-written tools that is `listCompiledTools`. */
  readonly tools: readonly ToolDefinition[];
  /** Files of `src/tools/`, base names without extension. */
  readonly handFiles: readonly string[];
}

/** Files that a build writes and owns; all others in a server's folder are the owner's and are carried over. */
export const GENERATED_FILES: readonly string[] = [
  'blueprint.json',
  'manifest.json',
  'tools.json',
  'search.json',
  'README.md',
  'package.json',
  'src/server.ts',
  'src/tools.ts',
  'test/contract.test.ts',
];

/** Every file of a server package but `src/tools/` and `dist/`, by relative path; equal input gives equal text. */
export function renderServer(blueprint: Blueprint, options: RenderOptions): Map<string, string> {
  const stable = toStableBlueprint(blueprint);
  const { blueprintHash, tools, handFiles } = options;
  const manifest = toManifest(stable, { ...options, definitions: tools });
  return new Map<string, string>([
    ['blueprint.json', toJsonText(stable)],
    ['manifest.json', toJsonText(manifest)],
    ['tools.json', toLinesText(tools)],
    ['search.json', toSearchText(stable)],
    ['README.md', renderReadme(stable, manifest, tools)],
    ...renderProgram({ manifest, blueprintHash, handFiles, engine: stable.database?.engine }),
  ]);
}

/** What the kit lists for a blueprint when no hand-written tool stands beside the compiled ones. */
export const listCompiledTools = (blueprint: Blueprint): ToolDefinition[] => [...listTools(blueprint)];

/** The blueprint with the members sorted whose order says nothing, so that a reordered description gives the same bytes. */
export function toStableBlueprint(blueprint: Blueprint): Blueprint {
  return {
    ...blueprint,
    auth: { ...blueprint.auth, schemes: sortKeys(blueprint.auth.schemes) },
    types: sortKeys(blueprint.types),
  };
}

const sortKeys = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A JSON list with one item a line: a change shows as the lines of what changed, and the file is as short as can be. */
export const toLinesText = (items: readonly unknown[]): string =>
  items.length === 0 ? '[]\n' : `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`;

/** Words for search, one tool a line: beside the definitions, so that no tool's hash moves with them. */
const toSearchText = ({ operations }: Blueprint): string => {
  const lines = operations.flatMap((operation) => {
    const hints = searchHints(operation);
    return hints ? [`${JSON.stringify(operation.name)}:${JSON.stringify(hints)}`] : [];
  });
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
};

/** JSON as the other data files of a server package have it: two spaces, a newline at the end. */
export const toJsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
