import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { LoopSummary } from '@counterpart/schemas';
import { rested } from '../fixtures/builds.ts';
import { makeHome, startHub } from '../fixtures/hub.ts';
import { CLASH_PLAN, clashRoyale, plan } from '../fixtures/models/answers.ts';
import { ROOT } from '../guards/proofs-reporter.ts';

/** Builds that a program, or whoever sits before a folder, answers: the walk of the Clash Royale server with any model. */

const LONG_MS = 2_000_000;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Starts the bridge as `npm run models:bridge` does, and reads where it listens. */
async function startBridge(...args: readonly string[]): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(ROOT, 'test/fixtures/models/bridge.ts'), ...args]);
  undo.push(async () => {
    child.kill();
    await once(child, 'exit');
  });
  // Read to the end: a program whose standard error is closed dies of its next word.
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /WALK_BASE_URL=(\S+)\n/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the bridge ended: ${said}`)));
  });
  return { url, child };
}

/** Answers lines of questions, as a program around a real model would. */
const ANSWERER = `
import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const { id, system } = JSON.parse(line);
  const answer = system.startsWith('You plan') ? process.argv[1] : process.argv[2];
  process.stdout.write(JSON.stringify({ id, answer }) + '\\n');
}`;

/** From the sentence to an answer of a tool, whatever model writes it: the status of that answer. */
async function walk(provider: object): Promise<number> {
  const place = makeHome({ providers: { any: provider } });
  undo.push(() => place.remove());
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  const text = 'Build me a Clash Royale stats tracker: players by tag with their battles, and all cards';
  const built = await rested(
    hub,
    async () => LoopSummary.parse((await hub.send('POST', '/api/builds', { text })).body).id,
  );
  expect(built.problem).toBeUndefined();
  expect(built).toMatchObject({ waitsFor: 'approval' });
  const { sheet, id, server } = built;
  expect(sheet?.hosts.join()).toContain('api.clashroyale.com');
  const after = await rested(hub, async () => {
    await hub.send('POST', `/api/builds/${id}/decide`, { decision: 'approve', hash: sheet?.hash });
    return id;
  });
  expect(['secrets', undefined]).toContain(after.waitsFor);
  const done = await rested(hub, async () => {
    await hub.send('POST', `/api/servers/${server}/target`, { target: 'mirror' });
    return id;
  });
  expect(done.state).toBe('installed');
  const byTag = sheet?.tools.find(({ name }) => /player/.test(name));
  const call = { tool: `${server}__${byTag?.name}`, arguments: { tag: '#2ABC' } };
  return (await hub.send('POST', '/api/call', call)).status;
}

test(
  'a program that reads questions and writes answers in lines is a model like any other',
  async () => {
    const { url, child } = await startBridge();
    const answerer = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      ANSWERER,
      plan(CLASH_PLAN),
      clashRoyale,
    ]);
    undo.push(() => answerer.kill());
    child.stdout?.pipe(answerer.stdin);
    if (child.stdin !== null) answerer.stdout.pipe(child.stdin);
    expect(await walk({ baseUrl: url, model: 'bridge', retries: 0 })).toBe(200);
  },
  LONG_MS,
);

test('somebody who puts files into a folder is one as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  const { url } = await startBridge('--folder', folder);
  const watcher = watch(folder, () => {
    if (!existsSync(join(folder, '1.prompt.md'))) return;
    watcher.close();
    writeFileSync(join(folder, '1.answer.md'), 'From a person.');
  });
  undo.push(() => watcher.close());
  const body = JSON.stringify({ model: 'bridge', messages: [{ role: 'user', content: 'Who are you?' }] });
  const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body });
  expect(JSON.stringify(await answer.json())).toContain('From a person.');
});
