import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';
import { displayName, loadSource } from './source.ts';

let folder = '';
let server: Server;
let base = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-'));
  await mkdir(join(folder, 'empty'));
  server = createServer((request, response) => {
    if (request.url?.startsWith('/hang') === true) return;
    if (request.url === '/gone') response.statusCode = 404;
    if (request.url === '/big') response.end('x'.repeat(5_000));
    else response.end(`auth: ${request.headers.authorization ?? 'none'}`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  base = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const failure = (location: string, options = {}) =>
  loadSource(location, options).then(
    () => 'loaded',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

test('a file is read with its base name and the hash of its bytes', async () => {
  const file = join(folder, 'api.yaml');
  await writeFile(file, 'openapi: 3.0.0\n');
  const sha256 = `sha256-${createHash('sha256').update('openapi: 3.0.0\n').digest('hex')}`;
  expect(await loadSource(file)).toMatchObject({ text: 'openapi: 3.0.0\n', location: 'api.yaml', sha256 });
});

test('a URL is read; its credentials travel in a header and are not shown', async () => {
  const loaded = await loadSource(`http://me:secret@${base}/api.json?token=hidden`);
  expect(loaded.text).toBe(`auth: Basic ${Buffer.from('me:secret').toString('base64')}`);
  expect(loaded.location).toBe(`http://${base}/api.json`);
});

test('what cannot be read says why, without secrets', async () => {
  expect(await failure(join(folder, 'none.yaml'))).toBe('Cannot read none.yaml: there is no such file');
  expect(await failure(join(folder, 'empty'))).toContain('it is a folder, and no JSON or YAML file in it');
  expect(await failure(`http://${base}/gone`)).toContain('answered 404');
  expect(await failure(`http://${base}/big`, { maxBytes: 1_000 })).toContain('larger than');
  expect(await failure(`http://me:secret@${base}/hang?key=secret`, { timeoutMs: 50 })).toBe(
    `Cannot read http://${base}/hang: no answer within 50 ms`,
  );
  expect(await failure('http://127.0.0.1:2/')).toContain('refused');
  expect(await failure('ftp://host/api.yaml')).toContain('only files');
});

test('a caller can stop a download', async () => {
  const controller = new AbortController();
  const pending = failure(`http://${base}/hang`, { signal: controller.signal });
  controller.abort();
  expect(await pending).toContain('Cannot read');
});

test('bytes are read as UTF-8 or, when they say or look so, as UTF-16', () => {
  const wide = Buffer.from('{"a":"ü"}', 'utf16le');
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), wide]);
  const big = Buffer.from(wide).swap16();
  expect([wide, marked, big, Buffer.from('\uFEFF{"a":"ü"}')].map(decodeText)).toEqual(
    Array(4).fill('{"a":"ü"}'),
  );
});

test('display names hold no secret', () => {
  expect(displayName('https://u:p@h.test/a/b.json?k=v#f')).toBe('https://h.test/a/b.json');
  expect(displayName('/tmp/x/api.yaml')).toBe('api.yaml');
  expect(displayName('-')).toBe('standard input');
});
