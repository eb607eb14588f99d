import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareBlueprints } from '@counterpart/scaffolds/compare/compare-blueprints';
import {
  canonicalJson,
  type Manifest,
  needsOf,
  ToolDefinition,
  type ServiceChange,
  type VersionDiff,
} from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { z } from 'zod';
import { readManifest } from './keep.ts';
import { changedFiles, readPackage } from './package/content.ts';

/** A package to compare, and what it is called. */
export interface ComparedPackage {
  readonly name: string;
  readonly dir: string;
}

/** What two packages of a server do not have in common: what their callers notice, breaking changes first, what they may reach, and files. */
export async function comparePackages(before: ComparedPackage, after: ComparedPackage): Promise<VersionDiff> {
  const [old, now] = await Promise.all([readManifest(before.dir), readManifest(after.dir)]);
  const tools = await toolChanges(before.dir, after.dir);
  const hosts = listChange(old.permissions.net, now.permissions.net);
  const paths = listChange(old.permissions.files, now.permissions.files);
  return {
    before: before.name,
    after: after.name,
    tools,
    breaking: tools.filter(({ breaking }) => breaking).length,
    hosts,
    paths,
    secrets: listChange(secretsOf(old), secretsOf(now)),
    dependsOn: listChange(needsIn(old), needsIn(now)),
    files: changedFiles(await readPackage(before.dir), await readPackage(after.dir)),
  };
}

const secretsOf = ({ secrets }: Manifest): string[] => secrets.map(({ name }) => name);
const needsIn = (manifest: Manifest): string[] =>
  [...needsOf(manifest)].map(([id, range]) => `${id} ${range}`);

const listChange = (before: readonly string[], after: readonly string[]): VersionDiff['hosts'] => ({
  added: after.filter((each) => !before.includes(each)),
  removed: before.filter((each) => !after.includes(each)),
});

/** By blueprint, which knows what a caller notices; tools that only their definitions tell of are compared whole. */
async function toolChanges(before: string, after: string): Promise<ServiceChange[]> {
  const [old, now] = await Promise.all([before, after].map(readDefinitions));
  const [oldService, newService] = await Promise.all([before, after].map(readBlueprint));
  const told = oldService && newService ? compareBlueprints(oldService, newService) : [];
  const known = new Set(told.map(({ tool }) => tool));
  const others = definitionChanges(old ?? new Map(), now ?? new Map()).filter(({ tool }) => !known.has(tool));
  return [...told, ...others].toSorted((a, b) => Number(b.breaking) - Number(a.breaking));
}

type Definitions = ReadonlyMap<string, ToolDefinition>;

function definitionChanges(before: Definitions, after: Definitions): ServiceChange[] {
  const removed = [...before.keys()].filter((tool) => !after.has(tool));
  const changed = [...after].flatMap(([tool, now]): ServiceChange[] => {
    const old = before.get(tool);
    if (old === undefined) return [{ kind: 'added', tool, breaking: false, details: [] }];
    if (canonicalJson(old) === canonicalJson(now)) return [];
    const isInput = canonicalJson(old.inputSchema) !== canonicalJson(now.inputSchema);
    return [{ kind: 'changed', tool, breaking: isInput, details: [isInput ? 'its input' : 'its words'] }];
  });
  return [
    ...removed.map((tool): ServiceChange => ({ kind: 'removed', tool, breaking: true, details: [] })),
    ...changed,
  ];
}

async function readDefinitions(dir: string): Promise<Definitions> {
  const tools = z.array(ToolDefinition).safeParse(await readJson(join(dir, 'tools.json'))).data ?? [];
  return new Map(tools.map((tool) => [tool.name, tool]));
}

const readBlueprint = async (dir: string): Promise<Blueprint | undefined> =>
  Blueprint.safeParse(await readJson(join(dir, 'blueprint.json'))).data;

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
