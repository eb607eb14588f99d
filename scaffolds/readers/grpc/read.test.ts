import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decodeMessage, encodeMessage } from '@counterpart/kit/grpc';
import { ServerId, type Blueprint, type Json } from '@counterpart/schemas';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSource, type LoadOptions } from '../source.ts';
import { readSource } from '../read.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proto-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes files into a folder of the test's own; the folder. */
async function put(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return join(folder, name);
}

async function read(location: string, options: LoadOptions = {}): Promise<Blueprint> {
  const { blueprint } = await readSource(await loadSource(location, options), { id: ServerId.parse('test') });
  return blueprint;
}
const toolsOf = ({ operations }: Blueprint): string[] => operations.map(({ name }) => name);

const service = (name: string, more = ''): string =>
  `syntax = "proto3"; package p; ${more} service ${name} { rpc Get${name}(${name}M) returns (${name}M); } message ${name}M { string s = 1; }`;

describe('files that import each other', () => {
  test('begin at the folder that the package says', async () => {
    const home = await put('layout', {
      'shop/v1/shop.proto':
        'syntax = "proto3"; package shop.v1; import "shop/common/money.proto"; service S { rpc GetM(shop.common.M) returns (shop.common.M); }',
      'shop/common/money.proto': 'syntax = "proto3"; package shop.common; message M { int64 units = 1; }',
    });
    const one = await read(join(home, 'shop/v1/shop.proto'));
    expect(toolsOf(one)).toEqual(['get_m']);
    expect(one.omitted.filter(({ severity }) => severity !== 'notice')).toEqual([]);
    expect(toolsOf(await read(home))).toEqual(['get_m']);
  });

  test('in a circle are each read once, and those found in two places are kept once', async () => {
    const home = await put('circle', {
      'a.proto': service('A', 'import "b.proto"; import "a.proto";'),
      'b.proto': service('B', 'import "a.proto";'),
      'copy/b.proto': service('B'),
    });
    expect(toolsOf(await read(join(home, 'a.proto')))).toEqual(['get_a']);
    const whole = await read(home);
    expect(toolsOf(whole)).toEqual(['get_a', 'get_b']);
    expect(whole.omitted).toContainEqual(
      expect.objectContaining({ code: 'duplicate', subject: 'copy/b.proto' }),
    );
  });

  test.each([
    ['../../../../etc/passwd', 'outside of the folder'],
    ['/etc/passwd', 'outside of the folder'],
    ['file:///etc/passwd', 'outside of the folder'],
    ['linked/secret.proto', 'outside of the folder'],
    ['http://127.0.0.1:9/x.proto', 'allow'],
    ['none.proto', 'no such file'],
  ])('that are not theirs to read are not read: %s', async (path, reason) => {
    const home = await put('escape', { 'a/a.proto': service('A', `import "${path}";`) });
    await put('elsewhere', { 'secret.proto': service('Secret') });
    await symlink(join(folder, 'elsewhere'), join(home, 'a/linked')).catch(() => undefined);
    const found = await read(join(home, 'a/a.proto'));
    expect(toolsOf(found)).toEqual(['get_a']);
    const told = found.omitted.find(({ subject }) => subject === path);
    expect(told?.reason).toContain(reason);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['cut off', 'syntax = "proto3"; service A { rpc', 'PROTO_UNREADABLE'],
    ['no protocol buffers', 'hello', 'PROTO_UNREADABLE'],
    ['nested too deep', `syntax = "proto3"; ${'message A {'.repeat(50_000)}`, 'PROTO_UNREADABLE'],
    [
      'a field number twice',
      'syntax = "proto3"; message A { int32 a = 1; int32 b = 1; }',
      'PROTO_UNREADABLE',
    ],
    ['without a service', 'syntax = "proto3"; message A {}', 'SOURCE_EMPTY'],
    ['without a message', 'syntax = "proto3"; service A { rpc B(C) returns (C); }', 'SOURCE_EMPTY'],
  ])('%s is told', async (_name, text, code) => {
    const home = await put('broken', { 'x.proto': text });
    await expect(read(join(home, 'x.proto'))).rejects.toMatchObject({ code });
  });

  test('one file of a folder that cannot be read costs what it defines, and is told with its place', async () => {
    const home = await put('folder', {
      'a.proto':
        'syntax = "proto3"; service A { rpc Get(M) returns (M); rpc Put(N) returns (M); } message M {}',
      'all.proto': 'syntax = "proto3"; import "a.proto"; import "b.proto";',
      'b.proto': 'syntax = "proto3";\nmessage N { string = 1; }',
      'only.proto': 'syntax = "proto3"; import "b.proto";',
    });
    const found = await read(join(home, 'all.proto'));
    expect(found.operations.map(({ name }) => name)).toEqual(['get_a']);
    expect(found.omitted).toContainEqual(
      expect.objectContaining({
        subject: 'b.proto',
        severity: 'operation',
        reason: expect.stringMatching(
          /It cannot be read, and what it defines is left out: .*line 2/,
        ) as string,
      }),
    );
    await expect(read(join(home, 'only.proto'))).rejects.toMatchObject({
      code: 'SOURCE_EMPTY',
      message: expect.stringMatching(/it defines no service; b\.proto: It cannot be read/) as string,
    });
  });

  test('a set of descriptors that is cut off is told', async () => {
    const home = await put('cut', { 'x.bin': Buffer.from('0a200a07612e70726f746f1201', 'hex') });
    await expect(read(join(home, 'x.bin'))).rejects.toMatchObject({ code: 'PROTO_UNREADABLE' });
  });

  test('names that mean something to a program are names', async () => {
    const home = await put('names', {
      'x.proto':
        'syntax = "proto3"; service S { rpc GetIt(M) returns (M); } message M { string __proto__ = 1; string constructor = 2; string toString = 3; }',
    });
    const { grpc } = await read(join(home, 'x.proto'));
    expect(grpc?.messages['M']?.map(({ name }) => name)).toEqual(['constructor', 'toString']);
  });

  test('three thousand messages that hold each other are read', async () => {
    const chain = Array.from(
      { length: 3_000 },
      (_, at) => `message M${at} { M${(at + 1) % 3_000} next = 1; }`,
    );
    const text = `syntax = "proto3"; service S { rpc GetIt(M0) returns (M0); } ${chain.join('\n')}`;
    const home = await put('chain', { 'x.proto': text });
    const { grpc } = await read(join(home, 'x.proto'));
    expect(Object.keys(grpc?.messages ?? {})).toHaveLength(3_000);
  });
});

describe('what is written is what the library of the format reads', () => {
  const golden = new URL('../../golden/grpc/shop/', import.meta.url).pathname;
  const values: Json[] = [
    {
      id: '-9223372036854775808',
      displayName: 'é\u0000𝒳',
      color: 'BLUE',
      codes: ['-1', '9223372036854775807'],
    },
    {
      price: { currency: 'EUR', units: '-1', nanos: -5 },
      stock: { a: -1, '': 0 },
      weight: 1.5,
      isNew: false,
    },
    { variants: { 0: { id: '1' }, '-5': {} }, parts: [{}, { parts: [{ words: '' }] }], centimetres: 0 },
    { picture: 'AAEC/w==', legacyCode: 4_294_967_295, serial: '18446744073709551615' },
    {
      madeAt: '0001-01-01T00:00:00Z',
      warranty: '-0.000000001s',
      note: '',
      extra: { a: [null, -0.5, { b: {} }] },
    },
  ];

  test.each(values)('%j', async (value) => {
    const { grpc } = await read(join(golden, 'input.proto'));
    const root = new protobuf.Root();
    root.resolvePath = (_from, to) => (to.startsWith('google/api') ? null : join(golden, to));
    const toy = (await root.load('input.proto', { keepCase: false })).lookupType('shop.v1.Toy');
    const bytes = encodeMessage(grpc ?? { messages: {}, enums: {} }, 'shop.v1.Toy', value);
    const theirs = toy.encode(toy.decode(bytes)).finish();
    const again = decodeMessage(grpc ?? { messages: {}, enums: {} }, 'shop.v1.Toy', theirs);
    expect(again).toMatchObject(value as object);
  });
});
