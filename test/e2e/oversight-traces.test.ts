import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AuditList, LoopSummary, type AuditEntry } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rested } from '../fixtures/builds.ts';
import { startCollector, type Collector, type OtlpSpan } from '../fixtures/collector.ts';
import { eventually, fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';
import { shop } from './builder-shop.ts';

/** What a collector of OpenTelemetry is sent of a hub, and what becomes of the hub where the collector does not answer. */

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const BUILD_TRACE = 'a3ce929d0e0e47364bf92f3577b34da6';
const KEY = 'key-that-only-the-collector-gets';
/** Of the environment, and called as one might call something. */
const TENANT = 'TENANT_THAT_ONLY_THE_COLLECTOR_GETS';
const SECRET = 'value-that-no-span-may-hold';
const WISH = 'a wish that is nobody’s business';
const TOLD_ONCE = /takes no spans/g;

let collector: Collector;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let service: Server;

beforeAll(async () => {
  collector = await startCollector();
  service = createServer((_, res) => void res.writeHead(200).end(shop()));
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const headers = { authorization: 'Bearer ${secret:COLLECTOR_KEY}', 'x-tenant': '${TENANT}' };
  place = makeHome({ telemetry: { otlp: { endpoint: collector.url, headers } } });
  hub = await startHub(place.home, { TENANT });
  await store('COLLECTOR_KEY', KEY);
});
afterAll(async () => {
  await hub.stop();
  await collector.close();
  service.close();
  place.remove();
});

const store = (name: string, value: string) =>
  hub.send('PUT', `/api/secrets/${name}`, { value, shared: true });
const traced = (method: string, path: string, body?: unknown, trace = TRACE) =>
  fetch(hub.url + path, {
    method,
    headers: {
      authorization: `Bearer ${hub.token}`,
      'content-type': 'application/json',
      traceparent: `00-${trace}-${CALLER}-01`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const entries = async (): Promise<AuditEntry[]> =>
  AuditList.parse(await hub.get('/api/audit?limit=1000')).entries;
const spanOf = ({ span }: AuditEntry): OtlpSpan | undefined =>
  collector.spans.find(({ spanId }) => spanId === span);
/** Resolves when every act there was has its span; they come a moment later. */
const allTold = () =>
  eventually(async () =>
    (await entries()).every((entry) => entry.failed !== undefined || spanOf(entry) !== undefined),
  );
const toldIn = (): number =>
  readFileSync(join(place.home, '.hub/hub.log'), 'utf8').match(TOLD_ONCE)?.length ?? 0;

test('the install and the removal of a server are spans of the traces that their entries name', async () => {
  verifies('C12');
  const entry = fixtureServer('ok');
  expect((await traced('POST', '/api/servers', { name: 'notes', entry })).status).toBe(201);
  expect((await traced('DELETE', '/api/servers/notes')).status).toBe(200);
  await allTold();
  const acts = (await entries()).map((act) => ({ act, span: spanOf(act) }));
  const names = acts.map(({ act: { action, subject } }) => `${action} ${subject}`);
  expect(names).toEqual(expect.arrayContaining(['server.add notes', 'server.remove notes']));
  expect(acts.map(({ span }) => [span?.traceId, span?.name, span?.status])).toEqual(
    acts.map(({ act: { trace, action } }) => [trace, action, {}]),
  );
  // Below the caller stands what it asked for, and nothing else.
  const below = collector.spans.filter(({ parentSpanId }) => parentSpanId === CALLER);
  expect(below.map(({ name }) => name)).toContain('settings.change');
  expect(below).toEqual(collector.spans.filter(({ traceId }) => traceId === TRACE));
  expect(collector.spans.some(({ parentSpanId }) => parentSpanId === undefined)).toBe(true);
});

test('an act that fails is a span with status error and the code of its error', async () => {
  verifies('C12');
  await hub.send('POST', '/api/servers', { name: 'notes', entry: fixtureServer('ok') });
  const tools = [{ tool: 'echo', hash: `sha256-${'0'.repeat(64)}` }];
  const word = { decision: 'approve', tools, via: 'api' };
  const { body } = await hub.send('POST', '/api/approvals/notes', word);
  expect(body).toMatchObject({ code: 'APPROVAL_OUTDATED' });
  await allTold();
  const failed = (await entries()).find(({ action }) => action === 'tool.approve');
  expect(failed && spanOf(failed)).toMatchObject({
    status: { code: 2, message: 'APPROVAL_OUTDATED' },
    attributes: expect.arrayContaining([
      { key: 'error.type', value: { stringValue: 'APPROVAL_OUTDATED' } },
    ]) as unknown,
  });
});

test('a build that ends is a span above its stages, in one trace with its approval and its install', async () => {
  verifies('C12');
  const from = `http://127.0.0.1:${(service.address() as AddressInfo).port}/openapi.json`; // It listens on TCP.
  const order = { text: WISH, from, name: 'toys' };
  const waiting = await rested(
    hub,
    async () => LoopSummary.parse(await (await traced('POST', '/api/builds', order, BUILD_TRACE)).json()).id,
  );
  expect([waiting.waitsFor, waiting.problem]).toEqual(['approval', undefined]);
  const ended = await rested(hub, async () => {
    const word = { decision: 'approve', hash: waiting.sheet?.hash };
    // Asked for in another trace.
    await traced('POST', `/api/builds/${waiting.id}/decide`, word);
    return waiting.id;
  });
  if (ended.waitsFor === 'secrets') await rested(hub, async () => (await skip(ended.id), ended.id));
  const ofBuild = () => collector.spans.filter(({ traceId }) => traceId === BUILD_TRACE);
  await eventually(() => ofBuild().some(({ name }) => name === 'build'));
  await allTold();
  const root = ofBuild().find(({ name }) => name === 'build');
  const stages = ofBuild().filter(({ parentSpanId }) => parentSpanId === root?.spanId);
  expect(stages.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['build.intake', 'build.write', 'build.test', 'build.install']),
  );
  expect(ofBuild().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['build.approve', 'version.install']),
  );
  expect(ofBuild().find(({ name }) => name === 'build.approve')).not.toHaveProperty('parentSpanId');
}, 120_000);
const skip = (id: string) => hub.send('POST', `/api/builds/${id}/skip`, {});

test('the collector gets its key, and nothing that was sent holds a secret or anybody’s words', async () => {
  verifies('C12');
  await store('OTHER_KEY', SECRET);
  await store(TENANT, SECRET);
  await allTold();
  const { requests } = collector;
  expect(
    new Set(
      requests.map(({ path, headers: sent }) => [path, sent.authorization, sent['x-tenant']].join(' ')),
    ),
  ).toEqual(new Set([`/v1/traces Bearer ${KEY} ${TENANT}`]));
  const bodies = requests.map(({ body }) => body).join('\n');
  expect(bodies).toContain('OTHER_KEY');
  for (const hidden of [SECRET, KEY, TENANT, WISH, hub.token]) expect(bodies).not.toContain(hidden);
});

test('a collector that is silent, then overloaded, keeps no act waiting, is told of once, and loses nothing', async () => {
  verifies('C12');
  const [toldBefore, before] = [toldIn(), collector.requests.length];
  collector.answer('hold');
  await store('WHILE_HELD', SECRET);
  await eventually(() => collector.requests.length > before);
  const begun = performance.now();
  for (const name of ['ONE', 'TWO', 'THREE']) expect((await store(name, SECRET)).status).toBeLessThan(300);
  expect(performance.now() - begun).toBeLessThan(5_000);
  collector.answer({ status: 503, retryAfter: '1' });
  await eventually(() => toldIn() > toldBefore);
  const refused = collector.requests.length;
  await eventually(() => collector.requests.length > refused);
  expect((await store('WHILE_REFUSED', SECRET)).status).toBeLessThan(300);
  expect(toldIn()).toBe(toldBefore + 1);
  collector.answer('take');
  await allTold();
});

test('a hub ends though its collector holds the last spans', async () => {
  const before = collector.requests.length;
  collector.answer('hold');
  await store('LAST', SECRET);
  await eventually(() => collector.requests.length > before);
  const begun = performance.now();
  expect(await hub.stop()).toBe(0);
  expect(performance.now() - begun).toBeLessThan(8_000);
});
