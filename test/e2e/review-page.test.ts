import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditList, LoopDetail, LoopSummary } from '@counterpart/schemas';
import { ReviewLink } from '@counterpart/schemas/builds/review';
import { ServerPermissions } from '@counterpart/schemas/hub/permissions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rested } from '../fixtures/builds.ts';
import { eventually, fixtureServer, HUB_PROGRAM, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { GOOD_TOOL, plan, VOWEL_PLAN, vowelServer } from '../fixtures/models/answers.ts';
import { verifies } from '../verifies.ts';

/** The pages on which an owner looks at what waits and decides: what their browser may do there, and what nobody else may. */

const LONG_MS = 300_000;
const SCRIPT = '<script>alert(1)</script>\u202e';
const HOSTILE_TOOL = GOOD_TOOL.replace(
  'Counts the letters a,',
  '<script>alert(1)</script><img src=x onerror=alert(2)> Counts the letters a,',
);
const FACTS =
  '{ "config": [], "secrets": [{ "name": "VOWEL_KEY", "description": "\\"><script>alert(3)</script>", "required": false }], "net": ["vowels.test:443", "other.test:443"] }';
const hostile = vowelServer({ tool: HOSTILE_TOOL }).replace(
  '{ "config": [], "secrets": [], "net": [] }',
  FACTS,
);

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let sample: string;

beforeAll(async () => {
  place = makeHome({ defaults: { walls: 'sandbox' } });
  sample = join(place.home, 'sample.csv');
  writeFileSync(sample, 'day,steps\n2026-01-01,5\n2026-01-02,7\n');
  hub = await startHub(place.home);
});
afterAll(async () => {
  await hub.stop();
  place.remove();
});

/** A build that waits for a decision. */
async function built(text: string, answer = hostile): Promise<LoopDetail> {
  const order = { text, author: 'client', files: [sample] };
  const { id } = await rested(
    hub,
    async () => LoopSummary.parse((await hub.send('POST', '/api/builds', order)).body).id,
  );
  const say = (words: string) =>
    rested(hub, async () => {
      await hub.send('POST', `/api/builds/${id}/answer`, { text: words });
      return id;
    });
  await say(plan({ ...VOWEL_PLAN, title: 'Vowels <b>bold</b>' }));
  const detail = await say(answer);
  expect([detail.waitsFor, detail.report?.diagnostics, detail.report?.problem]).toEqual([
    'approval',
    [],
    undefined,
  ]);
  return detail;
}
/** A new version of the same server, which waits. */
let next: Promise<LoopDetail> | undefined;
const second = (): Promise<LoopDetail> =>
  (next ??= built(`Count vowels again ${SCRIPT}`, hostile.replace('[aeiou]/gi', '[aeiou]/giu')));
const show = async (id: string): Promise<LoopDetail> => LoopDetail.parse(await hub.get(`/api/builds/${id}`));
const open = async (what: object = {}): Promise<string> =>
  ReviewLink.parse((await hub.send('POST', '/api/reviews', what)).body).url;
const read = async (url: string): Promise<string> => await (await fetch(url)).text();

interface Form {
  readonly shown: string;
  /** What is ticked, by its name. */
  readonly ticks: ReadonlyMap<string, string>;
}
function formOf(page: string): Form {
  const ticks = [...page.matchAll(/name="allow" value="(\d+)" checked><label[^>]*><code>([^<]+)</g)];
  const [, shown = ''] = /name="shown" value="([^"]+)"/.exec(page) ?? [];
  return { shown, ticks: new Map(ticks.map(([, at = '', name = '']) => [name, at])) };
}

interface Sent {
  readonly decision: string;
  readonly shown: string;
  readonly allow?: readonly string[];
  readonly reason?: string;
}
function send(
  url: string,
  { allow = [], ...fields }: Sent,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = new URLSearchParams({ ...fields });
  for (const at of allow) body.append('allow', at);
  return fetch(url, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', ...headers },
  });
}
const textOf = (fact: unknown): string => (typeof fact === 'string' ? fact : '');
const acts = async (): Promise<string[]> =>
  AuditList.parse(await hub.get('/api/audit?limit=200')).entries.map(
    ({ action, subject, principal, facts }) =>
      `${action} ${subject} ${principal} ${textOf(facts['name'])}${textOf(facts['reason'])}`.trim(),
  );
const cli = (...args: string[]) =>
  spawnSync(process.execPath, [HUB_PROGRAM, ...args, '--home', place.home], { encoding: 'utf8' });

test(
  'an owner sees on one page what a build would be able to do, takes some of it away, and approves the rest',
  async () => {
    verifies('M45');
    const { id, sheet } = await built('Count vowels, please');
    const url = cli('review', id).stdout.match(/http:\S+/)?.[0] ?? '';
    const answer = await fetch(url);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    for (const shown of [
      '<code>count_vowels</code> <span class="chip good">reads</span>',
      '<code>vowels.test:443</code>',
      '<code>VOWEL_KEY</code>',
      `<code>${sample}</code>`,
      'No other package.',
      'src/tools/count-vowels.ts',
      'tests passed, inside',
      '100 % of the statements',
      'client',
      'plan@2, code@3',
      'no model was asked by the hub',
      sheet?.hash ?? 'a hash',
    ])
      expect(page).toContain(shown);
    const { shown, ticks } = formOf(page);
    expect([...ticks.keys()]).toEqual([
      'count_vowels',
      'vowels.test:443',
      'other.test:443',
      'VOWEL_KEY',
      sample,
    ]);

    const kept = ['count_vowels', 'vowels.test:443', sample].map((name) => ticks.get(name) ?? '');
    const done = await rested(hub, async () => {
      const word = { decision: 'approve', shown, allow: kept, reason: 'Fine, but less of it.' };
      const sent = await Promise.all([send(url, word), send(url, word), send(url, word)]);
      // Sent thrice, it counts once.
      expect(sent.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 409, 409]);
      return id;
    });
    expect(done).toMatchObject({
      state: 'installed',
      decision: { decision: 'approve', by: 'owner via page', reason: 'Fine, but less of it.' },
    });
    const { permissions } = ServerPermissions.parse(await hub.get('/api/servers/vowels/permissions'));
    expect(permissions.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'vowels.test:443 allowed',
      'other.test:443 denied',
      `${sample} allowed`,
      'VOWEL_KEY denied',
      'count_vowels allowed',
    ]);
    const entries = await acts();
    expect(entries.filter((entry) => /^(?:permission|build)/.test(entry))).toEqual([
      'permission.deny vowels owner via page other.test:443',
      'permission.deny vowels owner via page VOWEL_KEY',
      'build.approve vowels owner via page Fine, but less of it.',
    ]);
    const after = await read(url);
    expect(after).toMatch(/Approved .* by owner via page: “Fine, but less of it\.”/);
    expect(after).not.toContain('name="decision"');
    const list = await read(url.replace(/\/builds.*/, ''));
    expect(list).toMatch(/approved<\/span> <strong>vowels<\/strong> 0\.1\.0/);
    expect(list).toContain('Nothing waits for a decision.');
  },
  LONG_MS,
);

test(
  'what models and services wrote stays text, and nothing on a page runs or is loaded',
  async () => {
    const { id } = await second();
    const url = await open({ build: id });
    const answer = await fetch(url);
    const page = await answer.text();
    expect(page).not.toMatch(/<script|<img|onerror=[^&]*alert\(2\)>/i);
    expect(page).toContain('&#60;script&#62;alert(1)&#60;/script&#62;⟨U+202E⟩');
    expect(page).toContain('Vowels &#60;b&#62;bold');
    expect(page).toContain('&#34;&#62;&#60;script&#62;alert(3)');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    // The version in use stands beside it, line by line; what was denied before cannot be ticked.
    expect(page).toMatch(/<span class="removed">− .*\[aeiou\]\/gi\) .*<span class="added">\+ .*giu\)/s);
    expect(page).toMatch(
      /disabled><label[^>]*><code>other\.test:443<\/code> <span class="note"> denied already/,
    );
  },
  LONG_MS,
);

test(
  'a word from elsewhere, without the address, or on what is no longer there decides nothing',
  async () => {
    const { id, folder } = await second();
    const url = await open({ build: id });
    const form = formOf(await read(url));
    const word = { decision: 'approve', shown: form.shown, allow: [...form.ticks.values()] };
    const before = await acts();
    const elsewhere = await Promise.all([
      send(url, word, { origin: 'https://evil.test' }),
      send(url, word, { origin: 'http://localhost:1' }),
      send(url, word, { origin: 'null' }),
      send(url, word, { 'sec-fetch-site': 'cross-site' }),
      send(url, word, { 'x-forwarded-for': '10.0.0.7' }),
      send(url.replace(/review\/[\w-]+/, 'review/guessed'), word),
      send(url.replace(/review\/[\w-]+\//, 'review/'), word),
      send(url, { ...word, shown: 'sha256-guessed' }),
      send(url, { ...word, decision: 'perhaps' }),
    ]);
    expect(elsewhere.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 404, 409, 400]);
    const hidden = await Promise.all([
      fetch(`${hub.url}/api/reviews`, { method: 'POST', body: '{}' }),
      fetch(url.replace(/review\/[\w-]+/, 'review/guessed')),
      fetch(url, { headers: { forwarded: 'for=10.0.0.7' } }),
      fetch(url, { headers: { host: 'evil.test' } }),
    ]);
    expect(hidden.slice(0, 3).map(({ status }) => status)).toEqual([401, 404, 404]);

    // A permission that was taken away meanwhile is another sheet, and so is another file.
    await hub.send('POST', '/api/servers/vowels/permissions', {
      change: 'deny',
      capability: 'net',
      name: 'vowels.test:443',
    });
    const outdated = await send(url, word);
    expect(outdated.status).toBe(409);
    const again = await outdated.text();
    expect(again).toContain('is not what build');
    const now = formOf(again);
    expect(now.ticks.has('vowels.test:443')).toBe(false);
    appendFileSync(join(folder, 'candidate', 'src', 'tools', 'count-vowels.ts'), '// One more line.\n');
    const changed = await send(url, { ...word, shown: now.shown });
    expect(changed.status).toBe(409);
    const warned = await changed.text();
    expect(warned).toContain('Its files were changed after they were tested');
    expect(warned).not.toContain('value="approve"');
    const forged = await send(url, { ...word, shown: formOf(warned).shown });
    expect([forged.status, await forged.text()]).toEqual([
      409,
      expect.stringContaining('not the one that was approved'),
    ]);
    expect(await show(id)).toMatchObject({ waitsFor: 'approval' });
    const meanwhile = (await acts()).slice(before.length);
    expect(meanwhile.filter((entry) => entry.startsWith('build'))).toEqual([]);

    const rejected = await rested(hub, async () => {
      const answer = await send(url, {
        decision: 'reject',
        shown: formOf(warned).shown,
        reason: '<b>No</b>',
      });
      expect(answer.status).toBe(303);
      return id;
    });
    expect(rejected).toMatchObject({ state: 'rejected', decision: { reason: '<b>No</b>' } });
    expect(await read(url.replace(/\/builds.*/, ''))).toContain('“&#60;b&#62;No&#60;/b&#62;”');
    const file = join(place.home, 'servers', 'vowels', 'src', 'tools', 'count-vowels.ts');
    expect(readFileSync(file, 'utf8')).not.toContain('/giu');
  },
  LONG_MS,
);

test('the plain address asks for the token and holds no power of its own', async () => {
  const door = `${hub.url}/review`;
  const show = (token: string, headers: Record<string, string> = {}, to = '') =>
    fetch(door, {
      method: 'POST',
      body: new URLSearchParams({ token, to }),
      redirect: 'manual',
      headers: { origin: hub.url, ...headers },
    });
  const page = await fetch(`${door}?build=b-0000000000`);
  expect([page.status, await page.text()]).toEqual([
    200,
    expect.stringContaining('name="to" value="/builds/b-0000000000"'),
  ]);
  const refused = await Promise.all([
    show('guess'),
    show(''),
    show(hub.token, { origin: 'https://evil.test' }),
    show(hub.token, { origin: '' }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  const shown = await show(hub.token);
  expect(shown.status).toBe(303);
  expect((await fetch(hub.url + (shown.headers.get('location') ?? ''))).status).toBe(200);
  const away = await show(hub.token, {}, '//evil.test/');
  expect(away.headers.get('location')).toMatch(/^\/review\/[\w-]{43}$/);
});

test('definitions that changed are decided on as they were shown, and not as they became meanwhile', async () => {
  const home = makeHome();
  const offered = join(home.home, 'tools.json');
  const offer = (description: string): void => {
    const tool = { name: 'read_note', description, inputSchema: { type: 'object' } };
    // By rename, so that the server never reads half of it.
    writeFileSync(`${offered}.next`, JSON.stringify([tool]));
    renameSync(`${offered}.next`, offered);
  };
  offer('Reads a note.');
  const notes = fixtureServer('changes-tools', { TOOLS_FILE: offered });
  const at = await startHub(home.home);
  await at.send('POST', '/api/servers', { name: 'notes', entry: notes });
  const pending = async () => JSON.stringify(await at.get('/api/approvals'));
  const changeTo = async (words: string): Promise<void> => {
    const before = await pending();
    offer(words);
    await eventually(async () => (await pending()) !== before);
  };
  await changeTo('Reads a note. <b>And sends it.</b>');
  const link = ReviewLink.parse((await at.send('POST', '/api/reviews', { server: 'notes' })).body);
  const base = link.url.replace(/\/servers.*/, '');
  expect(await read(base)).toMatch(/\/servers\/notes"><strong>notes<\/strong><\/a>.*1 tool.*read_note/s);
  const page = await read(link.url);
  expect(page).toContain('<span class="removed">− Reads a note.</span>');
  expect(page).toContain('<span class="added">+ Reads a note. &#60;b&#62;And sends it.&#60;/b&#62;</span>');
  await changeTo('Reads a note, and deletes it.');
  const late = await send(link.url, { decision: 'approve', shown: formOf(page).shown });
  const now = await late.text();
  expect([late.status, now]).toEqual([409, expect.stringContaining('and deletes it')]);
  expect(await pending()).toContain('awaiting');
  const word = { decision: 'approve', shown: formOf(now).shown };
  expect((await send(link.url, word)).status).toBe(303);
  expect(await pending()).toBe('{"pending":[]}');
  expect((await send(link.url, word)).status).toBe(409);
  expect(await read(base)).toContain('owner via page');
  await at.stop();
  home.remove();
});
