import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { testServer } from '@counterpart/kit/testing';
import { canonicalJson, type Blueprint, type Manifest, type ToolDefinition } from '@counterpart/schemas';
import { addNumbers } from '../fixtures/kit/tiny/src/tools/add-numbers.ts';
import { summarizeThings } from '../fixtures/kit/tiny/src/tools/summarize-things.ts';

const root = new URL('../fixtures/kit/tiny/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, root), 'utf8'));
const hash = (definition: ToolDefinition): string =>
  `sha256-${createHash('sha256').update(canonicalJson(definition)).digest('hex')}`;

/** `UPDATE=1` writes the hashes of the fixture anew, as the writer does for a real server. */
if (process.env['UPDATE'] === '1') {
  const definitions = [
    ...listTools(read('blueprint.json') as Blueprint),
    addNumbers.definition,
    summarizeThings.definition,
  ];
  const entries = definitions.map((tool) => [
    tool.name,
    { hash: hash(tool), effect: tool.annotations?.readOnlyHint ? 'read' : 'write' },
  ]);
  const tools: unknown = Object.fromEntries(entries);
  const manifest = { ...(read('manifest.json') as Manifest), tools };
  writeFileSync(new URL('manifest.json', root), `${JSON.stringify(manifest, null, 2)}\n`);
}

testServer(root);
