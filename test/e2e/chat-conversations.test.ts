import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConversationDetail, ConversationSummary, MemoryEntry } from '@counterpart/schemas/chat/conversation';
import { z } from 'zod';
import { systemClock } from '../../hub/src/kernel/clock.ts';
import type { ChatItem } from '../../hub/src/kernel/ports.ts';
import { createConversations } from '../../hub/src/orchestrator/conversations/conversations.ts';
import { openStore } from '../../hub/src/store/store.ts';
import { startHub, type TestHub } from '../fixtures/hub.ts';
import { said } from '../fixtures/chat/scripted-orchestrator.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

const asked = (text: string): ChatItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'text', text }],
});
/** Each command is a process of its own. */
const COMMANDS_MS = 180_000;
let place: TestHome;
let hub: TestHub;

beforeAll(async () => {
  place = createTestHome();
  const db = await openStore(join(place.home, '.hub', 'hub.db'));
  const conversations = createConversations({ db, clock: systemClock });
  const question = asked('When does the train to Oslo leave?');
  const items: ChatItem[] = [
    question,
    { type: 'function_call', callId: 'c', name: 'trains__next', arguments: '{"to":"Oslo"}' },
    { type: 'function_call_output', callId: 'c', output: '9:14' },
    said('At 9:14.'),
  ];
  await conversations.create({ id: 'trip', items });
  await conversations.create({ id: 'other', items: [asked('Hello')] });
  await db.destroy();
  hub = await startHub(place.home);
});
afterAll(async () => {
  await hub.stop();
  await place.dispose();
});

test(
  'conversations are listed, shown, renamed, branched, written out and deleted',
  { timeout: COMMANDS_MS },
  async () => {
    verifies('P07');
    const run = (...args: string[]) => place.run(['conversations', ...args, '--home', place.home]);
    const List = z.object({ conversations: z.array(ConversationSummary) });
    const listed = async () => List.parse(await hub.get('/api/conversations')).conversations;
    const rows = (await listed()).map(({ id, title, messages }) => `${id}: ${title}, ${messages}`);
    expect(rows.toSorted()).toEqual(['other: Hello, 1', 'trip: When does the train to Oslo leave?, 2']);
    expect((await run('rename', 'trip', 'To Oslo')).stdout).toMatch(/trip is called To Oslo/);
    const branch = (await run('branch', 'trip', '--items', '1', '--json')).json(ConversationSummary);
    expect(branch).toMatchObject({
      title: 'To Oslo (branch)',
      branchedFrom: { id: 'trip', items: 1 },
      messages: 1,
    });
    const markdown = (await run('export', 'trip')).stdout;
    for (const piece of [
      '# To Oslo',
      '## You\n\nWhen does',
      'Call of trains__next',
      '9:14',
      '## Assistant\n\nAt 9:14.',
    ])
      expect(markdown).toContain(piece);
    const shown = ConversationDetail.parse(await hub.get('/api/conversations/trip/export'));
    expect(shown.items.map(({ item }) => item.type)).toEqual([
      'message',
      'function_call',
      'function_call_output',
      'message',
    ]);
    expect((await run('delete', 'trip')).code).toBe(0);
    expect((await listed()).map(({ id }) => id).toSorted()).toEqual(['other', branch.id].toSorted());
    const gone = await run('show', 'trip');
    expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('CONVERSATION_UNKNOWN')]);
  },
);

test('what is remembered is seen, added, changed and forgotten', { timeout: COMMANDS_MS }, async () => {
  const run = (...args: string[]) => place.run(['memory', ...args, '--home', place.home]);
  expect((await run('add', 'units', 'Miles')).code).toBe(0);
  const changed = await hub.send('POST', '/api/memory', { subject: 'units', text: 'Kilometres' });
  expect(changed).toMatchObject({ status: 201, body: { kind: 'preference', text: 'Kilometres' } });
  const { memory } = (await run('list', '--json')).json(z.object({ memory: z.array(MemoryEntry) }));
  expect(memory).toMatchObject([{ kind: 'preference', subject: 'units', text: 'Kilometres' }]);
  expect((await run('forget', 'units')).code).toBe(0);
  expect(await hub.get('/api/memory')).toEqual({ memory: [] });
  const again = await hub.send('DELETE', '/api/memory/preference/units');
  expect(again).toMatchObject({ status: 404, body: { code: 'MEMORY_UNKNOWN' } });
  expect(await hub.send('POST', '/api/memory', { kind: 'No!', subject: '', text: 5 })).toMatchObject({
    status: 400,
    body: { code: 'INPUT_INVALID' },
  });
});

test('conversations and memory are read with the token only', async () => {
  for (const path of ['/api/conversations', '/api/conversations/other', '/api/memory'])
    expect((await fetch(hub.url + path)).status).toBe(401);
});
