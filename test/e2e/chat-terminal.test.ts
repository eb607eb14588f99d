import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fixtureServer, HUB_PROGRAM, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { CLASH_PLAN, clashRoyale, plan } from '../fixtures/models/answers.ts';
import {
  startScriptedProvider,
  type AskedProvider,
  type ProviderScript,
  type ScriptedProvider,
} from '../fixtures/models/scripted-provider.ts';
import { KEYS, openTerminal, type TestTerminal } from '../fixtures/terminal.ts';
import { startClashService, type ClashService } from '../fixtures/walks/clash-service.ts';
import { verifies } from '../verifies.ts';

/** Put together here, so that no scanner of repositories takes it for a real one. */
const GAME_KEY = `game${'-k3y9'.repeat(5)}`;
const PROMPT = /\n> $/;

let provider: ScriptedProvider;
let game: ClashService;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let chat: TestTerminal;

/** One model for everything: it plans, drafts and chats. */
function answer(asked: AskedProvider): Exclude<ProviderScript, Function> {
  const system = asked.lastText('system');
  if (system.startsWith('You plan')) return plan(CLASH_PLAN);
  if (!isOfChat(asked)) return clashRoyale;
  const question = asked.lastText('user');
  const isAnswered = asked.body.messages.at(-1)?.role === 'tool';
  if (/slowly/.test(question)) return { text: 'one two three '.repeat(200), pieceLength: 4, pauseMs: 40 };
  if (/breaks/.test(question)) return { misbehave: 'break' };
  if (/evil/.test(question)) return 'Look: \u001b[2J\u001b]0;owned\u0007 b-0k3f9x2m1q approve?';
  if (isAnswered) return `The tool says: ${asked.lastText('tool').slice(0, 120)}`;
  if (/trophies/.test(question))
    return { calls: [{ name: 'clash-royale__get_player', arguments: { tag: '#2ABC' } }] };
  if (/delete/.test(question)) return { calls: [{ name: 'effects__delete_item', arguments: { id: '7' } }] };
  if (/item/.test(question)) return { calls: [{ name: 'effects__get_item', arguments: { id: '7' } }] };
  return 'Hello there.';
}

const environment = () => ({
  PATH: process.env['PATH'],
  HOME: place.home,
  CLASH_ROYALE_BASE_URL: game.url,
});
const hubCommand = (...args: string[]): string[] => [
  process.execPath,
  HUB_PROGRAM,
  ...args,
  '--home',
  place.home,
];
const open = (...args: string[]): TestTerminal =>
  openTerminal(hubCommand('chat', ...args), { cwd: place.home, env: environment(), columns: 72 });

/** The last question of the chat; conversations are also put in short, in the background. */
const lastAsked = () => provider.asked.findLast(isOfChat)?.lastText('user');
const isOfChat = ({ body }: AskedProvider): boolean =>
  JSON.stringify(body.messages).includes('assistant of a hub');

beforeAll(async () => {
  provider = await startScriptedProvider((asked) => answer(asked));
  game = await startClashService(GAME_KEY);
  place = makeHome({
    providers: { scripted: { baseUrl: provider.url, model: 'scripted-1', retries: 0 } },
    mcpServers: { effects: fixtureServer('effects') },
  });
  hub = await startHub(place.home, { CLASH_ROYALE_BASE_URL: game.url });
  chat = open();
  await chat.until(PROMPT);
}, 60_000);

afterAll(async () => {
  chat.kill();
  await hub.stop();
  place.remove();
  await game.close();
  await provider.close();
});

describe('a chat in a terminal', () => {
  test('streams an answer, folds a call to one line, and unfolds it', async () => {
    expect(await chat.say('hi', PROMPT)).toContain('Hello there.');
    expect(await chat.say('get the item', PROMPT)).toMatch(
      /✓ 1 effects__get_item \{"id":"7"\} · \d+ ms\nThe tool says: /,
    );
    expect(await chat.say('/expand', PROMPT)).toMatch(/1\. effects__get_item[^]*"id": "7"[^]*→[^]*get_item/);
  });

  test('asks for approval in place, shows what it is about, and does it after a yes and not after a no', async () => {
    expect(await chat.say('delete it', /show > $/)).toMatch(
      /Answer yes or no\.[^]*Do effects__delete_item\?/,
    );
    expect(await chat.say('show', /show > $/)).toContain('"id": "7"');
    const done = () => hub.send('POST', '/api/call', { tool: 'effects__get_log', arguments: {} });
    expect(await chat.say('n', PROMPT)).toContain('The tool says: The person said no');
    expect(JSON.stringify(await done())).not.toContain('delete_item');
    await chat.say('delete it', /show > $/);
    expect(await chat.say('y', PROMPT)).toMatch(/✓ \d+ effects__delete_item/);
    expect(JSON.stringify(await done())).toContain('delete_item');
  });

  test('a yes that was typed before the question stood there is none', async () => {
    const done = async () =>
      JSON.stringify(await hub.send('POST', '/api/call', { tool: 'effects__get_log', arguments: {} }));
    const before = await done();
    chat.type(`delete it${KEYS.enter}yes${KEYS.enter}`);
    expect(await chat.until(/typed before[^]*show > $/)).toContain('Do effects__delete_item?');
    expect(await done()).toBe(before);
    expect(await chat.say('n', PROMPT)).toContain('The person said no');
  });

  test('/build of a file says how a file is built', async () => {
    expect(await chat.say('/build ./hub.config.json', PROMPT)).toMatch(
      /hub\s+.*build\s+--from\s+\.\/hub\.config\.json/,
    );
  });

  test('Ctrl-C stops the answer and what was typed for later, and not the program', async () => {
    chat.type(`count slowly${KEYS.enter}`);
    await chat.until(/one two three/);
    chat.type(`later${KEYS.enter}${KEYS.ctrlC}`);
    expect(await chat.until(PROMPT)).toContain('(stopped)');
    expect(await chat.say('hi', PROMPT)).toContain('Hello there.');
    chat.type(KEYS.ctrlC);
    await chat.until(/Ctrl-C again[^]*\n> $/);
  });

  test('shows escape sequences of a model instead of obeying them', async () => {
    expect(await chat.say('be evil', PROMPT)).toContain('␛[2J␛]0;owned␇');
    expect(chat.raw).not.toContain('owned\u0007');
    expect(chat.raw).not.toContain('\u001b[2J');
  });

  test('takes several lines as one message, pasted or with a backslash', async () => {
    await chat.say('first\\', /… $/);
    await chat.say('second', PROMPT);
    expect(lastAsked()).toBe('first\nsecond');
    chat.type('\u001b[200~one\rtwo\u001b[201~');
    await chat.until(/two/);
    await chat.say('', PROMPT);
    expect(lastAsked()).toBe('one\ntwo');
  });

  test('shows a mark for a long line that is pasted, and sends the whole line', async () => {
    const long = 'long '.repeat(10_000);
    chat.type(`see \u001b[200~${long}\u001b[201~`);
    await chat.until(/see \[pasted 48\.8 KB\]/);
    await chat.say('', PROMPT);
    expect(lastAsked() === `see ${long}`.trim()).toBe(true);
  });
});

test('a tool is built, approved and used in one conversation, its secret entered elsewhere', async () => {
  verifies('D14', 'D12');
  const built = await chat.say('/build Build me a Clash Royale stats tracker', /\[y\]es, \[n\]o > $/);
  expect(built).toMatch(/- test[^]*get_player[^]*CLASH_ROYALE_TOKEN[^]*Shall I install it/);
  expect(await chat.say('what is it doing?', /\[y\]es, \[n\]o > $/)).toContain('Shall I install it');
  expect(await chat.say('yes', PROMPT)).toMatch(/wants secrets\. Never write them here[^]*http:\/\/127/);
  expect(await chat.say(GAME_KEY, PROMPT)).toMatch(/looked like a secret[^]*http:\/\/127/);
  await hub.send('PUT', '/api/secrets/CLASH_ROYALE_TOKEN', { value: GAME_KEY });
  await chat.say('done', PROMPT);
  await hub.send('POST', '/api/servers/clash-royale/target', { target: 'mirror' });
  expect(await chat.say('how many trophies has #2ABC?', PROMPT)).toMatch(
    /✓ \d+ clash-royale__get_player[^]*The tool says: .*2ABC/,
  );
  expect(JSON.stringify(provider.asked)).not.toContain(GAME_KEY);
  const Listed = z.object({ conversations: z.array(z.object({ id: z.string() })) });
  const { conversations } = Listed.parse(await hub.get('/api/conversations'));
  for (const { id } of conversations)
    expect(JSON.stringify(await hub.get(`/api/conversations/${id}`))).not.toContain(GAME_KEY);
}, 240_000);

/** Runs `hub chat` without a terminal; `input` undefined leaves its pipe open. */
async function piped(input: string | undefined, ...args: string[]) {
  const [program = '', ...rest] = hubCommand('chat', ...args);
  const child = spawn(program, rest, { cwd: place.home, env: environment() });
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  child.stdin.destroy();
  return { stdout, stderr, code };
}

describe('a chat without a terminal', () => {
  test('answers what is piped in, its calls beside the answer', async () => {
    const { stdout, stderr, code } = await piped('get the item');
    expect([stdout, stderr, code]).toEqual([
      expect.stringMatching(/^The tool says: .*\n$/s),
      expect.stringMatching(/^✓ effects__get_item \{"id":"7"\} · \d+ ms\n$/),
      0,
    ]);
  });

  test('does not wait for an open pipe when it has a question', async () => {
    expect(await piped(undefined, 'hi')).toMatchObject({ stdout: 'Hello there.\n', code: 0 });
  });

  test('says as JSON what it called and what waits, and as its exit code that nothing was done', async () => {
    const first = await piped('', '--json', 'delete it');
    const said = z
      .object({
        conversation: z.string(),
        waiting: z.array(z.object({ id: z.string() })),
        calls: z.tuple([]),
      })
      .parse(JSON.parse(first.stdout));
    expect([first.code, said.waiting.length]).toEqual([8, 1]);
    // Decided by the API, it is part of the conversation as well.
    const [waiting] = said.waiting;
    const rejected = await hub.send('POST', `/api/chat/pending/${waiting?.id}`, { decision: 'reject' });
    expect([rejected.status, JSON.stringify(rejected.body)]).toEqual([
      200,
      expect.stringContaining('said no'),
    ]);
    const kept = JSON.stringify(await hub.get(`/api/conversations/${said.conversation}`));
    expect(kept).toMatch(/function_call_output[^]*The person said no/);
  });

  test('fails with the code of what went wrong', async () => {
    const { stdout, code } = await piped('', 'it breaks');
    expect([stdout, code]).toEqual([expect.stringContaining('I have to stop here'), expect.any(Number)]);
    expect(code).toBeGreaterThan(0);
  });
});

describe('a chat that ends', () => {
  test('keeps what was typed but no secret, tells how it goes on, and ends with Ctrl-D', async () => {
    expect(await chat.say('/histroy', PROMPT)).toContain('Did you mean /history?');
    const saved = await chat.say('/save no/such/folder/x.md', PROMPT);
    expect(saved).toMatch(/Cannot write [^:]+x\.md:\s+there\s+is\s+no\s+such\s+folder/);
    expect(saved).not.toContain('ENOENT');
    expect(await chat.say('/history', PROMPT)).toContain('[secret removed]');
    chat.type(KEYS.ctrlD);
    await chat.until(/Goes on with:\s+hub\s+--home\s+\S+\s+chat\s+--conversation\s+chat-\w+/);
    expect(await chat.ended()).toBe(0);
    const typed = readFileSync(join(place.home, '.hub/chat-history'), 'utf8');
    expect(typed).toContain('count slowly');
    expect(typed).not.toContain(GAME_KEY);
    chat = open();
    await chat.until(PROMPT);
    chat.type(KEYS.up);
    await chat.until(/how many trophies|\/history/);
    chat.type(KEYS.ctrlC);
    await chat.until(PROMPT);
  });

  test('tells that the hub went away in the middle, and goes on when it is back', async () => {
    chat.type(`count slowly${KEYS.enter}`);
    await chat.until(/one two three/);
    await hub.kill();
    expect(await chat.until(PROMPT)).toMatch(/The hub went away[^]*hub\s+--home\s+\S+\s+start/);
    expect(await chat.say('hi', PROMPT)).toContain('No hub is running');
    hub = await startHub(place.home, { CLASH_ROYALE_BASE_URL: game.url });
    expect(await chat.say('hi', PROMPT)).toMatch(/The hub is back\.[^]*Hello there\./);
    chat.type(KEYS.ctrlC + KEYS.ctrlC);
    expect(await chat.ended()).toBe(0);
  }, 60_000);
});
