import { join } from 'node:path';
import { toToolDefinition } from '@counterpart/kit';
import type { ReadResult } from '@counterpart/scaffolds/readers/reader';
import { chooseOperations, isChoice, selectorsFor } from '@counterpart/scaffolds/selection/choose';
import { groupOperations } from '@counterpart/scaffolds/selection/groups';
import type { Blueprint, BuildReport } from '@counterpart/schemas';
import { readInclude } from '../installed.ts';
import type { BuildOptions } from '../options.ts';
import { toServerId } from '../server-id.ts';

export type ChosenGroup = NonNullable<BuildReport['groups']>[number];

/** What one token is taken to be worth, in characters of JSON. */
const CHARS_PER_TOKEN = 4;
/** Services of more operations are shown by groups. */
const LARGE = 100;

/** `whole` reads every operation, to choose among them. */
type Read = (include: readonly string[] | undefined, whole?: boolean) => Promise<ReadResult>;

/** Groups of everything there is, with what of each is built and what that costs a model to read. */
function groupsOf(whole: Blueprint, built: Blueprint): ChosenGroup[] {
  // One tool at a time: thousands of them side by side are tens of megabytes.
  const costs = new Map(
    whole.operations.map((operation) => [
      operation.name,
      JSON.stringify(toToolDefinition(whole, operation)).length / CHARS_PER_TOKEN,
    ]),
  );
  const names = new Set<string>(built.operations.map(({ name }) => name));
  return groupOperations(whole.operations).map(({ name, kind, operations }) => {
    const selected = operations.filter((operation) => names.has(operation));
    // Of a group that was left out: what it would cost.
    const counted = selected.length === 0 ? operations : selected;
    const tokens = Math.ceil(counted.reduce((sum, operation) => sum + (costs.get(operation) ?? 0), 0));
    return { name, kind, operations: operations.length, selected: selected.length, tokens };
  });
}

/**
 * Reads a source and takes of it what was asked for; without a wish, what an earlier build of the same server took. A
 * choice in words is read as a list of selectors, which the blueprint keeps for rebuilds.
 */
export async function readChosen(
  read: Read,
  location: string,
  options: BuildOptions,
): Promise<ReadResult & { readonly groups?: readonly ChosenGroup[] | undefined }> {
  const { include = [], exclude = [], select, maxTools, all, name, serversDir } = options;
  const isPlain = exclude.length === 0 && select === undefined && maxTools === undefined;
  if (include.length > 0 && isPlain) return read(include);
  const whole = await read(undefined, isChoice(options));
  if (isChoice(options)) {
    const chosen = chooseOperations(whole.blueprint.operations, options, location);
    const result = await read(selectorsFor(chosen, whole.blueprint.operations));
    return { ...result, groups: groupsOf(whole.blueprint, result.blueprint) };
  }
  const folder = join(serversDir, name ?? toServerId(whole.blueprint.title));
  const remembered = all === true ? [] : await readInclude(folder, whole.blueprint.source.location);
  if (remembered.length > 0) {
    const result = await read(remembered);
    return { ...result, groups: groupsOf(whole.blueprint, result.blueprint) };
  }
  return whole.total > LARGE ? { ...whole, groups: groupsOf(whole.blueprint, whole.blueprint) } : whole;
}
