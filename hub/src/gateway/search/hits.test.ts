import { effectOf, type ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { MemoryUpstream } from '../../../../test/fixtures/gateway/memory-upstream.ts';
import { hitLines } from './hits.ts';

const upstream = new MemoryUpstream({});
const routes = (definitions: readonly ToolDefinition[]) =>
  new Map(
    definitions.map((definition) => {
      const { name } = definition;
      const effect = effectOf(definition);
      return [name, { server: upstream.id, upstream, name, hubName: name, effect, definition }];
    }),
  );

test('ten hits take at most two kilobytes, whatever their names and texts, and no character is cut', () => {
  const definitions = Array.from({ length: 10 }, (_, at): ToolDefinition => ({
    name: `server__${'n'.repeat(45)}${at}`,
    description: `${'Größe 天气 😀 '.repeat(50)}.`,
    inputSchema: { type: 'object' },
  }));
  const lines = hitLines(
    routes(definitions),
    definitions.map(({ name }) => name),
  );
  expect(lines.split('\n')).toHaveLength(10);
  expect(Buffer.byteLength(lines)).toBeLessThanOrEqual(2_048);
  expect(lines).not.toContain('\uFFFD');
  expect(lines.split('\n')[0]).toMatch(/^server__n+0 \(destructive\) Größe 天气 😀 .*…$/);
});

test('a tool without a description has its name and effect; one that is gone has no line', () => {
  const quiet = {
    name: 'quiet',
    inputSchema: { type: 'object' as const },
    annotations: { readOnlyHint: true },
  };
  expect(hitLines(routes([quiet]), ['quiet', 'gone'])).toBe('quiet (read)');
});
