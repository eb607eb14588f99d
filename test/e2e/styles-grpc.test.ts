import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { createBroker } from '@counterpart/hub/broker/broker';
import { BROKER_NAME } from '@counterpart/kit/settings';
import { serveParts } from '@counterpart/scaffolds/mirror/alone/serve-parts';
import { readGrpc } from '@counterpart/scaffolds/readers/grpc/read';
import { reflect } from '@counterpart/scaffolds/readers/grpc/reflection';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { MirrorSettings, type MirrorParts } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, type StdioSession } from '../../hub/src/builder/verify/stdio-session.ts';
import { verifyServer } from '../../hub/src/builder/verify/verify-server.ts';
import { createAuthority, readCertificate } from '../fixtures/certificates.ts';
import { encodeDescriptors, startGrpcService, type GrpcService } from '../fixtures/grpc/service.ts';
import { verifies } from '../verifies.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

const golden = fileURLToPath(new URL('../../scaffolds/golden/grpc/shop/input.proto', import.meta.url));

let workspace: Workspace;
let directory = '';
beforeAll(async () => {
  workspace = await openWorkspace();
  const report = await workspace.build({ from: golden, name: 'toys' });
  expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' } });
  ({ directory } = report);
});
afterAll(() => workspace[Symbol.asyncDispose]());

/** The built server, pointed at a service; its tools called by name. */
async function withServer(
  env: Readonly<Record<string, string>>,
  use: (call: Call) => Promise<void>,
): Promise<void> {
  const file = join(directory, 'dist', 'server.js');
  const session: StdioSession = await openSession({ file, env, timeoutMs: 20_000 });
  try {
    await use(async (name, input) => {
      const { text, isError } = await session.callTool(name, input);
      return isError ? text : (JSON.parse(text) as unknown);
    });
  } finally {
    await session.close();
  }
}
type Call = (name: string, input: Record<string, unknown>) => Promise<unknown>;

test('a .proto becomes a server all of whose tools its mirror answers, in both eras', async () => {
  const verified = await verifyServer(directory);
  expect(verified.tools.filter(({ modern }) => modern.outcome === 'failed')).toEqual([]);
  expect(verified).toMatchObject({ passed: true, counts: { failed: 0, ok: 8 } });
});

describe('a server against a gRPC service of the public library', () => {
  let service: GrpcService;
  beforeAll(async () => {
    service = await startGrpcService({ gzip: true });
  });
  afterAll(() => service[Symbol.asyncDispose]());

  test('sends and reads messages, compressed ones too, with its token and a deadline', async () => {
    verifies('M41');
    await withServer({ TOYS_BASE_URL: service.url, TOYS_TOKEN: 'top-secret' }, async (call) => {
      expect(await call('get_toy', { id: '9007199254740993' })).toMatchObject({
        id: '9007199254740993',
        displayName: 'Lamp',
        color: 'RED',
        price: { currency: 'EUR', units: '12', nanos: -500 },
        madeAt: '2026-01-31T12:00:00.250Z',
        stock: { Oslo: 3 },
        parts: [{ displayName: 'Bulb' }],
        words: 'small',
        codes: ['-1', '2'],
        weight: 0.1,
        extra: { a: [1, null, { b: true }] },
      });
      expect(service.seen.at(-1)).toMatchObject({ method: 'GetToy', authorization: 'Bearer top-secret' });
      expect(await call('get_toy', { id: '9223372036854775808' })).toContain(
        'id: "9223372036854775808" does not fit into int64',
      );
    });
  });

  test('speaks through the broker, which has the token that it has not, and knows its host', async () => {
    verifies('C05');
    const broker = await createBroker({
      directory: join(directory, 'run'),
      clean: (text) => text,
      clock: { now: () => 0, after: () => () => undefined },
      events: { publish: () => undefined, subscribe: () => () => undefined },
      givenUp: () => undefined,
    });
    const blueprint = Blueprint.parse(JSON.parse(await readFile(join(directory, 'blueprint.json'), 'utf8')));
    const door = await broker.open({
      id: 'toys',
      rules: [{ entry: service.url.slice('http://'.length), by: 'owner' }],
      blueprint: async () => blueprint,
      env: { TOYS_BASE_URL: service.url, TOYS_TOKEN: 'top-secret' },
      standIns: new Map(),
      limits: { circuit: { failures: 3, pauseMs: 1_000, pauses: 1 } },
    });
    const env = { [BROKER_NAME]: join(door.folder, door.socketName) };
    try {
      await withServer({ ...env, TOYS_BASE_URL: service.url }, async (call) => {
        expect(await call('get_toy', { id: '1' })).toMatchObject({ displayName: 'Lamp' });
        expect(service.seen.at(-1)).toMatchObject({ method: 'GetToy', authorization: 'Bearer top-secret' });
        const toys = [{ displayName: 'Car' }, { displayName: 'Kite' }];
        expect(await call('upload_toys', { messages: toys })).toMatchObject({ toys });
        expect(await call('watch_toys', { max_messages: 2 })).toMatchObject({ complete: false });
        expect(await call('get_toy', { id: '404' })).toContain('there is no toy 404');
      });
      await withServer({ ...env, TOYS_BASE_URL: 'http://evil.test' }, async (call) => {
        expect(await call('get_toy', { id: '1' })).toMatch(/^toys may not reach evil\.test:80/);
      });
    } finally {
      await broker.close();
    }
  });

  test('sends streams and hears them as long as it wants', async () => {
    await withServer({ TOYS_BASE_URL: service.url.replace('http', 'grpc') }, async (call) => {
      const toys = [{ displayName: 'Car', stock: { Rome: 2 } }, { displayName: 'Kite' }];
      expect(await call('upload_toys', { messages: toys })).toMatchObject({ toys, nextPageToken: '2' });
      expect(await call('chat_toy_shop', { messages: toys })).toMatchObject({
        messages: [{ displayName: 'Car', isNew: true }, { displayName: 'Kite' }],
        complete: true,
      });
      expect(await call('watch_toys', { max_messages: 2 })).toMatchObject({
        messages: [{ displayName: 'Toy 1' }, { displayName: 'Toy 2' }],
        complete: false,
      });
      expect(await call('watch_toys', { max_seconds: 1, max_messages: 1_000 })).toMatchObject({
        complete: false,
      });
      expect(await call('watch_toys', { pageToken: 'break' })).toMatchObject({
        messages: [{ displayName: 'Toy 1' }, { displayName: 'Toy 2' }],
        complete: false,
        error: 'the shop closes (UNAVAILABLE)',
      });
    });
  });

  test('tells what the service refused, which field, and what to do', async () => {
    await withServer({ TOYS_BASE_URL: service.url, TOYS_TIMEOUT_MS: '300' }, async (call) => {
      expect(await call('get_toy', { id: '404' })).toBe(
        'The service refused shop.v1.ToyShop/GetToy: there is no toy 404 – sorry (NOT_FOUND)\n' +
          'Check the identifiers: what they name does not exist, or is not visible to these credentials.',
      );
      expect(await call('place_order', {})).toBe(
        'The service refused shop.v1.ToyShop/PlaceOrder: no order (INVALID_ARGUMENT)\n- lines: must not be empty\n' +
          'Correct the arguments that the service names, then call again.',
      );
      expect(await call('delete_toy', {})).toContain('(UNIMPLEMENTED)\nThe service has no such method');
      expect(await call('get_toy', { id: '408' })).toMatch(/did not answer in 300 ms|DEADLINE_EXCEEDED/);
    });
  });
});

test('TLS is spoken where the address says so, with a client certificate, and other languages are told apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grpc-'));
  const authority = await createAuthority(folder, 'grpc');
  const own = await authority.issue('caller');
  const tls = await readCertificate(await authority.issue('service'));
  await using service = await startGrpcService({
    tls: { ...tls, ca: await readFile(authority.certificate) },
  });
  const env = {
    TOYS_BASE_URL: service.url,
    TOYS_CLIENT_CERT_FILE: own.certificate,
    TOYS_CLIENT_KEY_FILE: own.key,
    TOYS_CA_FILE: authority.certificate,
  };
  await withServer(env, async (call) => {
    expect(await call('get_toy', { id: '7' })).toMatchObject({ id: '7' });
  });
  await withServer({ TOYS_BASE_URL: service.url.replace('https', 'http') }, async (call) => {
    expect(await call('get_toy', { id: '7' })).toContain('does not speak HTTP/2 there, which gRPC needs');
  });
  await rm(folder, { recursive: true });
});

test('the mirror answers a client of the public library, and refuses it as gRPC services do', async () => {
  const text = await readFile(join(directory, 'blueprint.json'), 'utf8');
  const blueprint = Blueprint.parse(JSON.parse(text));
  const auth = { ...blueprint.auth, default: [{ bearer: [] }] };
  const mirror = await startMirror({ ...blueprint, auth }, { issuedKey: 'issued' });
  await using service = await startGrpcService();
  const { toy, request } = service.types;
  const client = new grpc.Client(mirror.url.replace('http://', ''), grpc.credentials.createInsecure(), {
    'grpc.default_compression_algorithm': 2,
  });
  const bearer = new grpc.Metadata();
  bearer.set('authorization', 'Bearer issued');
  const write = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  const read = (bytes: Buffer): protobuf.Message => toy.decode(bytes);
  const call = (method: string, bytes: Uint8Array) =>
    new Promise<protobuf.Message | undefined>((resolve, reject) => {
      client.makeUnaryRequest(`/shop.v1.ToyShop/${method}`, write, read, bytes, bearer, (error, value) =>
        error === null ? resolve(value) : reject(error),
      );
    });
  try {
    const seven = request.encode(request.create({ id: 7 })).finish();
    const answered = await call('GetToy', seven);
    expect(toy.verify(answered ?? {})).toBeNull();
    expect(Object.keys(answered ?? {})).toContain('display_name');
    const streamed = client.makeServerStreamRequest(
      '/shop.v1.ToyShop/WatchToys',
      write,
      read,
      new Uint8Array(),
      bearer,
    );
    const watched: protobuf.Message[] = [];
    for await (const one of streamed as AsyncIterable<protobuf.Message>) watched.push(one);
    expect(watched.length).toBeGreaterThan(0);
    await expect(call('Nothing', seven)).rejects.toMatchObject({ code: grpc.status.UNIMPLEMENTED });
    await expect(call('GetToy', new Uint8Array([8]))).rejects.toMatchObject({
      code: grpc.status.INVALID_ARGUMENT,
      details: 'it ends inside a number',
    });
    // Asked by reflection, it tells whoever asks the same service.
    const asked = await reflect(mirror.url.replace('http', 'grpc'), { timeoutMs: 20_000 });
    const told = (await readGrpc(asked, { id: blueprint.id })).blueprint;
    expect(told.operations.map(({ grpc: one }) => one)).toEqual(
      blueprint.operations.map(({ grpc: one }) => one),
    );
    bearer.set('authorization', 'Bearer other');
    await expect(call('GetToy', seven)).rejects.toMatchObject({
      code: grpc.status.UNAUTHENTICATED,
    });
  } finally {
    client.close();
    await mirror.close();
  }
});

test.each([
  ['simulate', ''],
  ['pass', 'In the mode pass no call of gRPC is answered: it is neither recorded nor passed on.'],
] as const)(
  'a mirror with a port of its own speaks gRPC in the mode %s, or says why not',
  async (mode, words) => {
    const blueprint = Blueprint.parse(JSON.parse(await readFile(join(directory, 'blueprint.json'), 'utf8')));
    const settings = MirrorSettings.parse({ mode });
    const memory = { memory: 1 as const, faults: [] };
    const parts: MirrorParts = { name: 'toys', blueprint, settings, memory, scenarios: {}, recordings: {} };
    const mirror = await serveParts(parts, { env: () => undefined });
    const client = new grpc.Client(mirror.url.replace('http://', ''), grpc.credentials.createInsecure());
    const same = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
    const refused = await new Promise<string>((resolve) => {
      client.makeUnaryRequest('/shop.v1.ToyShop/GetToy', same, same, new Uint8Array(), (error) =>
        resolve(error?.details ?? ''),
      );
    });
    expect(refused).toBe(words);
    client.close();
    await mirror.close();
  },
);

describe('a running service', () => {
  test.each(['v1', 'v1alpha'] as const)(
    'with reflection %s is asked for its description',
    async (reflection) => {
      await using service = await startGrpcService({ reflection });
      const from = service.url.replace('http', 'grpc');
      const report = await workspace.build({ from, name: 'asked', dryRun: true });
      expect(report.tools).toEqual([
        'get_toy',
        'list_toys',
        'delete_toy',
        'place_order',
        'watch_toys',
        'upload_toys',
        'chat_toy_shop',
        'ping_toy_shop',
      ]);
    },
  );

  test('without reflection, and one that is not there, says so', async () => {
    await using service = await startGrpcService();
    const from = service.url.replace('http', 'grpc');
    const refused = { code: 'REFLECTION_REFUSED' };
    await expect(workspace.build({ from, name: 'shut' })).rejects.toMatchObject(refused);
    const gone = workspace.build({ from: 'grpc://127.0.0.1:9', name: 'gone' });
    await expect(gone).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });
});

test('a folder of .proto files and a set of descriptors are read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grpc-'));
  const root = protobuf.parse(
    'syntax = "proto3"; package a; message M { string s = 1; } service S { rpc GetM(M) returns (M); }',
  ).root;
  root.resolveAll();
  await writeFile(join(folder, 'all.bin'), encodeDescriptors(root));
  const set = await workspace.build({ from: join(folder, 'all.bin'), name: 'set', dryRun: true });
  expect(set.tools).toEqual(['get_m']);
  const whole = await workspace.build({
    from: fileURLToPath(new URL('../../scaffolds/golden/grpc/shop', import.meta.url)),
    name: 'whole',
    dryRun: true,
  });
  expect(whole.tools).toContain('watch_toys');
  await rm(folder, { recursive: true });
});
