import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSource, type LoadOptions } from '../source.ts';
import { isPrivateAddress } from './private-address.ts';

let folder = '';
let server: Server;
let base = '';
const asked: string[] = [];

const put = async (path: string, text: string | Uint8Array): Promise<string> => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neighbours-'));
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    if (request.url === '/api/away.json') response.writeHead(302, { location: '/private/x.json' });
    if (request.url === '/api/gone.json') response.statusCode = 404;
    response.end(request.url?.includes('openapi') ? 'openapi: 3.1.0' : 'text');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  base = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  await put('specs/api.yaml', 'openapi: 3.1.0');
  await put('specs/parts/pet.yaml', 'type: object');
  await put('shared/error.yaml', 'type: string');
  await symlink(join(folder, 'shared'), join(folder, 'specs/linked'));
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** What reading a reference of a source gives: the text's name, or why there is none. */
async function follow(from: string, reference: string, options: LoadOptions = {}): Promise<string> {
  const { neighbours } = await loadSource(from, options);
  if (neighbours === undefined) return 'no neighbours';
  const found = await neighbours.read(new URL(reference, neighbours.home).href);
  return found.kind === 'text' ? found.name : `${found.kind}: ${found.reason}`;
}

describe('documents beside a file', () => {
  const read = (reference: string, options?: LoadOptions) =>
    follow(join(folder, 'specs/api.yaml'), reference, options);

  test('are read from its folder and below', async () => {
    expect(await read('parts/pet.yaml')).toBe('parts/pet.yaml');
    expect(await read('./parts/none.yaml')).toBe('missing: there is no such file');
    expect(await read('./parts')).toBe('missing: it is not a file');
  });

  test.each(['../shared/error.yaml', 'linked/error.yaml', '/etc/passwd', 'file:///etc/hostname'])(
    '%s leads out of it and is refused',
    async (reference) => {
      expect(await read(reference)).toContain('refused: it is outside of the folder of the source');
    },
  );

  test('may be elsewhere when that is allowed', async () => {
    expect(await read('../shared/error.yaml', { allowOutside: true })).toBe('../shared/error.yaml');
    expect(await read('linked/error.yaml', { allowOutside: true })).toBe('../shared/error.yaml');
  });

  test('are in the folder that was given as the source', async () => {
    const whole = join(folder, 'whole');
    await put('whole/reference/openapi.yaml', 'openapi: 3.0.0');
    await put('whole/models/pet.yaml', 'type: object');
    expect(await follow(whole, '../models/pet.yaml')).toBe('models/pet.yaml');
    expect((await loadSource(whole)).location).toBe('whole/reference/openapi.yaml');
  });

  test('on the network are not asked for', async () => {
    expect(await read(`${base}/api/x.json`)).toBe(
      'refused: it is on the network; allow it with --allow-remote',
    );
    expect(await read('ftp://host/x')).toContain('neither a file nor an http(s) address');
    expect(await read(`file://host/x`)).toContain('neither a file nor an http(s) address');
    expect(asked).toEqual([]);
  });

  test.each(['127.0.0.1', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost', '169.254.169.254', '0'])(
    'are never asked for at %s, whatever is allowed',
    async (host) => {
      const { port } = new URL(base);
      expect(await read(`http://${host}:${port}/api/x.json`, { allowRemote: true })).toContain(
        'private address',
      );
      expect(asked).toEqual([]);
    },
  );
});

describe('documents beside a URL', () => {
  const read = (reference: string, options?: LoadOptions) =>
    follow(`${base.replace('//', '//me:secret@')}/api/openapi.json`, reference, options);

  test('are read below it, with the credentials that were given for it', async () => {
    asked.length = 0;
    expect(await read('parts/pet.json')).toBe(`${base}/api/parts/pet.json`);
    expect(asked[1]).toBe(`GET /api/parts/pet.json Basic ${Buffer.from('me:secret').toString('base64')}`);
    expect(await read('gone.json')).toBe('missing: the server answered 404');
  });

  test('are not read elsewhere, not by a redirect either', async () => {
    const refusal = 'refused: it is on the network; allow it with --allow-remote';
    expect(await read('/private/x.json')).toBe(refusal);
    expect(await read('away.json')).toBe(refusal);
    expect(await read(pathToFileURL(join(folder, 'shared/error.yaml')).href)).toContain('refused');
    expect(await read('away.json', { allowRemote: true })).toBe(`${base}/api/away.json`);
  });
});

describe('a folder as a source', () => {
  test('that holds two descriptions says which', async () => {
    await put('two/a.yaml', 'openapi: 3.0.0');
    await put('two/b.json', '{"info": {"title": "x"}, "openapi": "3.1.0"}');
    await expect(loadSource(join(folder, 'two'))).rejects.toThrow(/2 descriptions \(a.yaml, b.json\)/);
    // Neither is passed over for files of another kind.
    await put('two/shop.proto', 'syntax = "proto3";');
    await expect(loadSource(join(folder, 'two'))).rejects.toThrow(/2 descriptions \(a.yaml, b.json\)/);
    await put('two/openapi.yaml', 'info: {}\nopenapi: 3.0.0');
    expect((await loadSource(join(folder, 'two'))).location).toBe('two/openapi.yaml');
  });
});

describe('an archive as a source', () => {
  test('is read in memory, with its documents', async () => {
    const file = await put('api.zip', zipOf({ 'd/openapi.yaml': 'openapi: 3.1.0', 'd/pet.yaml': 'a: 1' }));
    const source = await loadSource(file);
    expect([source.text, source.location]).toEqual(['openapi: 3.1.0', 'api.zip/d/openapi.yaml']);
    expect(await follow(file, 'pet.yaml')).toBe('d/pet.yaml');
    expect(await follow(file, '../../../../etc/passwd')).toContain('no such file in the archive');
    expect(await follow(file, 'file:///etc/passwd')).toContain('missing');
  });

  test('that is damaged, too large or holds nothing is refused with what is wrong', async () => {
    const refusal = async (bytes: Uint8Array) =>
      loadSource(await put('bad.zip', bytes)).then(
        () => 'read',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
    const whole = zipOf({ 'openapi.yaml': 'openapi: 3.1.0' });
    expect(await refusal(whole.subarray(0, 40))).toContain('cut off');
    expect(await refusal(zipOf({ 'readme.yaml': 'a: 1' }))).toContain('no JSON or YAML file in it has');
    expect(await refusal(zipOf({ '../openapi.yaml': 'openapi: 3.1.0' }))).toContain('no JSON or YAML file');
    const bomb = zipOf({ 'openapi.yaml': 'openapi: 3.1.0\n'.padEnd(70 * 1024 * 1024, '#') });
    expect(await refusal(bomb)).toContain('larger than 64 MiB');
  });
});

test('private addresses are told from public ones', () => {
  const all = ['10.1.2.3', '172.31.0.1', '192.168.1.1', '100.64.0.1', 'fe80::1%eth0', 'fd00::1', '::', 'x'];
  expect(all.filter((address) => !isPrivateAddress(address))).toEqual([]);
  const open = ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'];
  expect(open.filter(isPrivateAddress)).toEqual([]);
});

/** A ZIP archive of these files, deflated. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(text.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    bodies.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}
