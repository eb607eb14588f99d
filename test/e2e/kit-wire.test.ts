import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StdioPeer } from '@counterpart/kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRecorder, type Recorder } from '../fixtures/wire/recorder.ts';
import { wireCases, wireDescription, withoutBoundary } from '../fixtures/wire/wire-description.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

/** From the description's words through reader, writer, bundle and process to the bytes on a socket. */

let workspace: Workspace;
let recorder: Recorder;
let peer: StdioPeer;
const names = new Map<string, string>();

beforeAll(async () => {
  workspace = await openWorkspace();
  const from = join(workspace.dir, 'wire.json');
  await mkdir(workspace.dir, { recursive: true });
  await writeFile(from, JSON.stringify(wireDescription));
  const { directory, tools } = await workspace.build({ from, name: 'wire', strict: true });
  for (const name of tools) names.set(name.replace(/\D+/g, ''), name);
  recorder = await startRecorder();
  peer = new StdioPeer(join(directory, 'dist', 'server.js'), { WIRE_BASE_URL: recorder.url });
});

afterAll(async () => {
  await peer.end();
  await recorder.close();
  await workspace[Symbol.asyncDispose]();
});

test('the table has more than a hundred cases and no two of one name', () => {
  expect(wireCases.length).toBeGreaterThan(100);
  expect(new Set(wireCases.map(({ name }) => name)).size).toBe(wireCases.length);
});

test.each(wireCases.map((one, index) => [one.name, one, index] as const))('%s', async (_, one, index) => {
  const answer = await peer.modern('tools/call', { name: names.get(String(index)), arguments: one.args });
  const [request, ...others] = recorder.take();
  if (request === undefined) throw new Error(`nothing was sent: ${JSON.stringify(answer)}`);
  const { headers, body } = withoutBoundary(request);
  const named = Object.keys(one.headers ?? {}).map((name) => [name, headers[name]] as const);
  expect({ target: request.target, headers: Object.fromEntries(named), body, others }).toEqual({
    target: `/case-${index}${one.target}`,
    headers: one.headers ?? {},
    body: one.body ?? '',
    others: [],
  });
});
