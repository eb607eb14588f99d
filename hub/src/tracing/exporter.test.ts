import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCollector, type Collector } from '../../../test/fixtures/collector.ts';
import { eventually } from '../../../test/fixtures/hub.ts';
import type { Clock } from '../kernel/clock.ts';
import { newSpan, newTrace } from '../kernel/protocol/trace.ts';
import { createSpanExporter, type SpanExporter } from './exporter.ts';
import type { Span } from './spans.ts';

const KEY = 'key-of-the-collector';
/** After which a request is given up. */
const LATE_MS = 10_000;

let collector: Collector;
let exporter: SpanExporter;
let endpoint: string | undefined;
/** What was told, and how long what waits was asked to. */
let told: string[];
let waits: { readonly ms: number; readonly task: () => void }[];

const clock: Clock = {
  now: () => 0,
  after(ms, task) {
    const wait = { ms, task };
    waits.push(wait);
    return () => void (waits = waits.filter((other) => other !== wait));
  },
};
/** What waits beside requests that are not answered. */
const pauses = () => waits.filter(({ ms }) => ms !== LATE_MS);
/** All of that has waited long enough; how long that was. */
function elapse(): number[] {
  const all = pauses();
  waits = waits.filter(({ ms }) => ms === LATE_MS);
  return all.map(({ ms, task }) => (task(), ms));
}
const paused = (): Promise<void> => eventually(() => pauses().length > 0);

beforeEach(async () => {
  collector = await startCollector();
  endpoint = `${collector.url}/otel/`;
  told = [];
  waits = [];
  const tell = (facts: object, words: string) => void told.push(`${words} ${JSON.stringify(facts)}`);
  exporter = createSpanExporter({
    version: '1.2.3',
    config: () => ({ ...(endpoint === undefined ? {} : { endpoint }), headers: { 'x-key': '${KEY}' } }),
    resolve: (text) => Promise.resolve(text.replace('${KEY}', KEY)),
    clean: (text) => text.replace('429', 'too often'),
    clock,
    log: { warn: tell, info: tell },
  });
});
afterEach(async () => {
  const closed = exporter.close();
  elapse();
  await closed;
  await collector.close();
});

const span = (): Span => ({
  trace: newTrace(),
  id: newSpan(),
  name: 'server.add',
  startMs: Date.parse('2026-01-01T00:00:00Z'),
  endMs: Date.parse('2026-01-01T00:00:01Z'),
  attributes: {},
  isFailed: false,
});
const many = (count: number): Span[] => Array.from({ length: count }, span);
const taken = (count: number): Promise<void> => eventually(() => collector.spans.length === count);

test('spans gather for a moment and go together, with the headers of the configuration', async () => {
  exporter.add(span());
  exporter.add(span());
  expect(collector.requests).toEqual([]);
  expect(elapse()).toEqual([2_000]);
  await taken(2);
  expect(collector.requests).toMatchObject([
    { path: '/otel/v1/traces', headers: { 'x-key': KEY, 'content-type': 'application/json' } },
  ]);
});

test('a batch that is full goes at once, and none is larger', async () => {
  exporter.add(...many(450));
  await taken(450);
  expect(collector.requests).toHaveLength(3);
  // The collector has the last batch before the exporter knows.
  await eventually(() => waits.length === 0);
});

test('an overloaded collector is asked again when it said, and gets the same spans', async () => {
  collector.answer({ status: 429, retryAfter: '7' });
  exporter.add(span());
  elapse();
  await paused();
  collector.answer({ status: 503 });
  expect(elapse()).toEqual([7_000]);
  await paused();
  collector.answer('take');
  expect(elapse()).toEqual([4_000]);
  await taken(1);
  await eventually(() => told.length === 2);
  expect(told).toEqual([
    'the collector of traces takes no spans: what waits too long is dropped {"problem":"it answered too often"}',
    'the collector of traces takes spans again {"dropped":0}',
  ]);
});

test('what a collector refuses for good is not sent again', async () => {
  collector.answer({ status: 400 });
  exporter.add(span());
  elapse();
  await eventually(() => told.length === 1);
  collector.answer('take');
  exporter.add(span());
  await paused();
  elapse();
  await taken(1);
  expect(collector.requests).toHaveLength(2);
  await eventually(() => told.length === 2);
  expect(told[1]).toContain('{"dropped":1}');
  collector.answer({ status: 400 });
  exporter.add(...many(200));
  await eventually(() => told.length === 3);
  collector.answer('take');
  exporter.add(...many(200));
  await taken(201);
  await eventually(() => told.length === 4);
  expect(told[3]).toContain('{"dropped":200}');
});

test('a collector that asks for long is not waited for so long', async () => {
  collector.answer({ status: 503, retryAfter: '3600' });
  exporter.add(span());
  elapse();
  await paused();
  expect(elapse()).toEqual([30_000]);
});

test('an address that sends on to another one gets spans and keys no further', async () => {
  const other = await startCollector();
  collector.answer({ status: 307, location: `${other.url}/v1/traces` });
  exporter.add(span());
  elapse();
  await eventually(() => told.length === 1);
  expect(other.requests).toEqual([]);
  await other.close();
});

test('a request that is not answered in time is given up, and its spans are sent once more', async () => {
  collector.answer('hold');
  exporter.add(span());
  elapse();
  await eventually(() => collector.requests.length === 1);
  for (const { task } of waits.splice(0)) task();
  await paused();
  expect(told[0]).toContain('it does not answer');
  expect(elapse()).toEqual([1_000]);
  await eventually(() => collector.requests.length === 2);
});

test('where no collector is wanted any more, what waits is dropped without a word', async () => {
  collector.answer({ status: 503 });
  exporter.add(span());
  elapse();
  await paused();
  endpoint = undefined;
  elapse();
  await exporter.close();
  expect([collector.requests.length, told.length]).toEqual([1, 1]);
});

test('while nobody takes spans they are kept up to a number, and that is told once', async () => {
  const gone = await startCollector();
  await gone.close();
  endpoint = gone.url;
  exporter.add(...many(200));
  await paused();
  for (let turn = 0; turn < 3; turn += 1) exporter.add(...many(1_000));
  expect(told).toHaveLength(1);
  endpoint = collector.url;
  elapse();
  await taken(2_200);
  await eventually(() => told.length === 2);
  expect(told[1]).toContain('{"dropped":1000}');
});

test('a collector that says nothing keeps nobody, and the end of the hub for a bounded time', async () => {
  collector.answer('hold');
  exporter.add(...many(200));
  await eventually(() => collector.requests.length === 1);
  exporter.add(span());
  const closed = exporter.close();
  expect(elapse()).toEqual([2_000]);
  await closed;
  expect(exporter.isOn()).toBe(false);
});

test('the end of the hub waits for no pause, and leaves no timer behind', async () => {
  collector.answer({ status: 503 });
  exporter.add(span());
  elapse();
  await paused();
  await exporter.close();
  expect([collector.requests.length, waits]).toEqual([2, []]);
});

test('at the end what is left is sent, and where it is not taken, not sent again', async () => {
  exporter.add(span());
  collector.answer({ status: 503 });
  await exporter.close();
  expect(collector.requests).toHaveLength(1);
});

test('without a collector nothing is kept', async () => {
  endpoint = undefined;
  exporter.add(span());
  endpoint = collector.url;
  await exporter.close();
  expect(collector.requests).toEqual([]);
});
