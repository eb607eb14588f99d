import { listTools } from '@counterpart/kit';
import { canonicalJson, type Blueprint, type DiffReport } from '@counterpart/schemas';
import { compareBlueprints } from './compare-blueprints.ts';

const CHARS_PER_TOKEN = 4;

/** Two versions of a service beside each other: every change a caller notices, breaking ones first, and what each version costs. */
export function diffBlueprints(before: Blueprint, after: Blueprint): DiffReport {
  const changes = compareBlueprints(before, after);
  const told = new Set(changes.map(({ tool }) => tool));
  const known = definitionsOf(before);
  const reworded = [...definitionsOf(after)]
    .filter(([tool, definition]) => !told.has(tool) && known.has(tool) && known.get(tool) !== definition)
    .map(([tool]) => tool);
  return {
    before: sideOf(before),
    after: sideOf(after),
    changes,
    breaking: changes.filter((change) => change.breaking).length,
    reworded,
  };
}

const definitionsOf = (blueprint: Blueprint): ReadonlyMap<string, string> =>
  new Map(listTools(blueprint).map((tool) => [tool.name, canonicalJson(tool)]));

function sideOf(blueprint: Blueprint): DiffReport['before'] {
  const tools = listTools(blueprint);
  return {
    source: blueprint.source.location,
    title: blueprint.title,
    version: blueprint.version,
    tools: tools.length,
    tokens: Math.ceil(JSON.stringify({ tools }).length / CHARS_PER_TOKEN),
  };
}
