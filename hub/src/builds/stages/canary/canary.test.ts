import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerId, type Effect, type ToolDefinition } from '@counterpart/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { pagedBlueprint } from '../../../../../test/fixtures/kit/paged-blueprint.ts';
import { canaryCalls, canaryRound } from './canary.ts';

const tool = (name: string, required: readonly string[] = []): ToolDefinition => ({
  name,
  description: name,
  inputSchema: { type: 'object', properties: {}, required: [...required] },
});
const effects = (of: Readonly<Record<string, Effect>>) => (name: string) => of[name];

test('what was called last goes before what needs no argument, and each tool is called once', () => {
  const tools = [tool('get_player', ['tag']), tool('list_cards'), tool('get_clan', ['tag'])];
  const reads = effects({ get_player: 'read', list_cards: 'read', get_clan: 'read' });
  const recent = [
    { tool: 'get_player', input: { tag: '#1' } },
    { tool: 'gone', input: {} },
  ];
  expect(canaryCalls(tools, { now: reads, before: reads }, recent)).toEqual([
    { tool: 'get_player', input: { tag: '#1' } },
    { tool: 'list_cards', input: {} },
  ]);
});

test('a tool that one of the versions does not call reading is never tried', () => {
  const tools = [tool('turned'), tool('writes'), tool('added')];
  const now = effects({ turned: 'read', writes: 'write', added: 'read' });
  const before = effects({ turned: 'destructive', writes: 'read' });
  const recent = tools.map(({ name }) => ({ tool: name, input: {} }));
  expect(canaryCalls(tools, { now, before }, recent)).toEqual([{ tool: 'added', input: {} }]);
});

test('a version that uses credentials in another way, or lacks what it wants, is not started', async () => {
  const serversDir = mkdtempSync(join(tmpdir(), 'canary-'));
  onTestFinished(() => rmSync(serversDir, { recursive: true, force: true }));
  const write = (name: string, auth: object): string => {
    const folder = join(serversDir, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'blueprint.json'), JSON.stringify({ ...pagedBlueprint, auth }));
    return folder;
  };
  const auth = (name: string) => ({
    schemes: { key: { kind: 'api-key', in: 'header', name } },
    default: [{ key: [] }],
  });
  write('paged', auth('x-key'));
  const candidate = write('candidate', auth('x-other'));
  const never = (): never => {
    throw new Error('it was started');
  };
  const round = async (missing: readonly string[]) => {
    const room = {
      serversDir,
      missingSettings: () => Promise.resolve([...missing]),
      recentCalls: () => [],
      openBeside: never,
      callTool: never,
    };
    const signal = new AbortController().signal;
    const run = { signal, folder: { candidate }, room, record: () => Promise.resolve({ order: {} }) };
    const beside = { server: ServerId.parse('paged'), kind: 'blueprint' } as const;
    return (await canaryRound(run, beside, { round: 0, passed: true, diagnostics: [] })).canary?.skipped;
  };
  expect(await round([])).toBe('it uses credentials in another way than the version in use');
  expect(await round(['PAGED_KEY'])).toBe('paged lacks PAGED_KEY');
});
