import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { ServerId } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { lintTool } from '../../profiles/lint.ts';
import { fileNeighbours } from '../neighbours/file-neighbours.ts';
import type { Reader } from '../reader.ts';
import type { SourceText } from '../source.ts';

/** The input of a golden case as a source of this name. */
async function goldenSource(folder: URL): Promise<SourceText> {
  const file = readdirSync(folder).find((name) => name.startsWith('input.')) ?? 'input.json';
  const path = new URL(file, folder);
  const bytes = readFileSync(path);
  return {
    text: bytes.toString('utf8'),
    location: file,
    sha256: `sha256-${'0'.repeat(64)}`,
    head: bytes,
    neighbours: await fileNeighbours({ file: path.pathname }, {}),
  };
}

/** Declares a test for each golden case of a kind; `update` writes what is read now: look at the difference before keeping it. */
export function testGoldenCases(kind: string, read: Reader['read'], update: boolean): void {
  const home = new URL(`../../golden/${kind}/`, import.meta.url);
  const cases = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  test.each(cases.map(({ name }) => name))('golden case %s', async (name) => {
    const folder = new URL(`${name}/`, home);
    const { blueprint } = await read(await goldenSource(folder), { id: ServerId.parse('test') });
    const text = `${JSON.stringify(blueprint, undefined, 2)}\n`;
    if (update) writeFileSync(new URL('expected.json', folder), text);
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')));
    expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
    expect(listTools(blueprint).flatMap((tool) => lintTool(tool))).toEqual([]);
  });
}
