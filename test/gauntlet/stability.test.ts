import { readFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { compareBlueprints } from '@counterpart/scaffolds/compare/compare-blueprints';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { ServerId, type Blueprint, type NameLock } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { descriptionFile, hasDescriptions } from './descriptions.ts';

const id = ServerId.parse('gauntlet');

interface Members {
  [key: string]: unknown;
}
interface Document extends Members {
  paths: Record<string, Record<string, Members>>;
}

async function read(document: Document, lock?: NameLock): Promise<Blueprint> {
  const source = { text: JSON.stringify(document), location: 'api.json', sha256: `sha256-${'0'.repeat(64)}` };
  return (await readOpenApi(source, { id, namesOf: () => Promise.resolve(lock) })).blueprint;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** Another version: every tenth path gone, the rest the other way round, tags renamed, operations added that collide. */
function nextVersion(document: Document): Document {
  const paths = Object.entries(document.paths);
  const kept = paths.filter((_, index) => index % 10 !== 7).toReversed();
  const added = kept
    .filter((_, index) => index % 5 === 0)
    .map(([path, item]): [string, Record<string, Members>] => {
      const operations = Object.entries(item).filter(([method]) => METHODS.includes(method));
      return [`/next${path}`, Object.fromEntries(operations)];
    });
  const tagged = kept.map(([path, item]): [string, Record<string, Members>] => [path, renamedTags(item)]);
  return { ...document, paths: Object.fromEntries([...added, ...tagged]) };
}

const renamedTags = (item: Record<string, Members>): Record<string, Members> =>
  Object.fromEntries(
    Object.entries(item).map(([method, operation]) => [
      method,
      METHODS.includes(method) ? { ...operation, tags: ['renamed'] } : operation,
    ]),
  );

function toolsOf(blueprint: Blueprint): Map<string, { name: string; hash: string }> {
  const tools = listTools(blueprint);
  return new Map(
    blueprint.operations.map((operation, index) => [
      // Not the path that is sent: two operations may share it.
      operation.source.pointer,
      { name: operation.name, hash: hashJson(tools[index]) },
    ]),
  );
}

describe.skipIf(!hasDescriptions)('a tool is the same in the next version of its service', () => {
  test.each(['box.json', 'sendgrid-v2.json', 'slack-v2.json', 'stripe.json', 'twilio-2010.json'])(
    '%s',
    async (file) => {
      const document = JSON.parse(readFileSync(descriptionFile(file), 'utf8')) as Document;
      const before = await read(document);
      const after = await read(nextVersion(document), before.names);
      const [old, now] = [toolsOf(before), toolsOf(after)];
      const both = [...old].filter(([place]) => now.has(place));
      const renamed = both.filter(([place, { name }]) => now.get(place)?.name !== name);
      const moved = both.filter(([place, { hash }]) => now.get(place)?.hash !== hash);
      console.log(`${file}: ${both.length} kept, ${renamed.length} renamed, ${moved.length} hashes moved`);
      expect(both.length).toBeGreaterThan(100);
      expect(renamed).toEqual([]);
      expect(moved.map(([place]) => place)).toEqual([]);
      const report = compareBlueprints(before, after);
      expect(report.filter(({ kind }) => kind === 'changed' || kind === 'renamed')).toEqual([]);
      expect(report.filter(({ kind }) => kind === 'removed')).toHaveLength(old.size - both.length);
    },
    60_000,
  );
});
