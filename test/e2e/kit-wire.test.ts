import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StdioPeer } from '@counterpart/kit/testing';
import type { JsonObject } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyCases } from '../fixtures/wire/body-cases.ts';
import { parameterCases } from '../fixtures/wire/parameter-cases.ts';
import { startRecorder, type Recorded, type Recorder } from '../fixtures/wire/recorder.ts';
import type { WireCase } from '../fixtures/wire/wire-case.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

/** From the description's words through reader, writer, bundle and process to the bytes on a socket. */

const cases = [...parameterCases, ...bodyCases];

const pathOf = ({ path = '' }: WireCase, index: number): string => `/case-${index}${path}`;

function describe(all: readonly WireCase[]): JsonObject {
  const operations = all.map((one, index): [string, JsonObject] => {
    const operation = {
      operationId: `case_${index}`,
      parameters: [...(one.parameters ?? [])],
      ...(one.requestBody === undefined ? {} : { requestBody: one.requestBody }),
      responses: { '204': { description: 'Done.' } },
    };
    return [pathOf(one, index), { post: operation }];
  });
  const info = { title: 'Wire', version: '1' };
  return {
    openapi: '3.2.0',
    info,
    servers: [{ url: 'http://wire.test' }],
    paths: Object.fromEntries(operations),
  };
}

let workspace: Workspace;
let recorder: Recorder;
let peer: StdioPeer;
const names = new Map<string, string>();

beforeAll(async () => {
  workspace = await openWorkspace();
  const from = join(workspace.dir, 'wire.json');
  await mkdir(workspace.dir, { recursive: true });
  await writeFile(from, JSON.stringify(describe(cases)));
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

/** Boundaries are random; everything else is compared as it came. */
function withoutBoundary({ headers, body }: Recorded): Pick<Recorded, 'headers' | 'body'> {
  const boundary = /^multipart\/.*boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return { headers, body };
  const contentType = (headers['content-type'] ?? '').replace(boundary, 'BOUNDARY');
  return {
    headers: { ...headers, 'content-type': contentType },
    body: body.replaceAll(boundary, 'BOUNDARY'),
  };
}

test('the table has more than a hundred cases and no two of one name', () => {
  expect(cases.length).toBeGreaterThan(100);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

test.each(cases.map((one, index) => [one.name, one, index] as const))('%s', async (_, one, index) => {
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
