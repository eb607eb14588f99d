import { AuditEntry } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { loopDetail } from '../../../test/fixtures/loop-detail.ts';
import { traceRequest } from './otlp.ts';
import { actSpan, buildSpans, type Span } from './spans.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const telling = { version: '1.2.3', clean: (text: string) => text.replaceAll('hidden-key', '[redacted]') };
const spansOf = (...spans: Span[]) => traceRequest(spans, telling).resourceSpans[0]?.scopeSpans[0]?.spans;

const entry = AuditEntry.parse({
  sequence: 7,
  at: '2026-01-01T00:00:00.250Z',
  principal: 'anna via api',
  action: 'server.remove',
  subject: 'notes',
  facts: { reason: 'words of a person' },
  trace: TRACE,
  span: '00f067aa0ba902b7',
  before: `sha256-${'0'.repeat(64)}`,
  hash: `sha256-${'1'.repeat(64)}`,
  keyId: 'k',
  signature: 'AAAA',
});
const endedMs = Date.parse('2026-01-01T00:00:01.500Z');

test('an act is a span as OTLP has it in JSON: ids in digits, nanoseconds as text, a resource that says which program', () => {
  const act = actSpan({ entry, parent: 'b'.repeat(16), endedMs });
  expect(traceRequest([act], telling)).toEqual({
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'counterpart' } },
            { key: 'service.version', value: { stringValue: '1.2.3' } },
          ],
        },
        scopeSpans: [
          {
            scope: { name: 'counterpart', version: '1.2.3' },
            spans: [
              {
                traceId: TRACE,
                spanId: '00f067aa0ba902b7',
                parentSpanId: 'b'.repeat(16),
                name: 'server.remove',
                kind: 1,
                startTimeUnixNano: '1767225600250000000',
                endTimeUnixNano: '1767225601500000000',
                attributes: [
                  { key: 'counterpart.subject', value: { stringValue: 'notes' } },
                  { key: 'counterpart.principal', value: { stringValue: 'anna via api' } },
                  { key: 'counterpart.audit.sequence', value: { intValue: '7' } },
                ],
                status: {},
              },
            ],
          },
        ],
      },
    ],
  });
});

test('an act that failed has status error and its code; a secret is taken out, and no fact of the entry is told', () => {
  const failed = actSpan({ entry: { ...entry, subject: 'hidden-key' }, endedMs, code: 'SERVER_UNKNOWN' });
  expect(spansOf(failed)).toMatchObject([
    {
      status: { code: 2, message: 'SERVER_UNKNOWN' },
      attributes: expect.arrayContaining([
        { key: 'error.type', value: { stringValue: 'SERVER_UNKNOWN' } },
        { key: 'counterpart.subject', value: { stringValue: '[redacted]' } },
      ]) as unknown,
    },
  ]);
  expect(JSON.stringify(spansOf(failed))).not.toContain('words of a person');
  expect(JSON.stringify(spansOf(failed))).not.toContain('parentSpanId');
});

test('a span never ends before it starts, whatever became of the clock', () => {
  const [span] = spansOf(actSpan({ entry, endedMs: 0 })) ?? [];
  expect(span?.endTimeUnixNano).toBe(span?.startTimeUnixNano);
});

test('a build is a span above those of its stages, and what was wished, found or refused is in none of them', () => {
  const build = loopDetail('failed', {
    order: { text: 'my private wish', author: 'client', trace: TRACE },
    text: 'my private wish',
    problem: 'a private problem',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:01:00Z',
    steps: [
      {
        stage: 'intake',
        round: 0,
        state: 'done',
        startedAt: '2026-01-01T00:00:01Z',
        endedAt: '2026-01-01T00:00:02Z',
        detail: 'a private plan',
      },
      { stage: 'test', round: 1, state: 'failed', startedAt: '2026-01-01T00:00:03Z' },
    ],
  });
  const spans = spansOf(...buildSpans(build)) ?? [];
  expect(spans.map(({ name, status }) => [name, status])).toEqual([
    ['build', { code: 2 }],
    ['build.intake', {}],
    ['build.test', { code: 2 }],
  ]);
  const [root, ...stages] = spans;
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(stages.map((stage) => 'parentSpanId' in stage && stage.parentSpanId)).toEqual([
    root?.spanId,
    root?.spanId,
  ]);
  // A stage without an end ended with its build.
  expect(stages[1]?.endTimeUnixNano).toBe(root?.endTimeUnixNano);
  expect(JSON.stringify(spans)).not.toContain('private');
  expect(buildSpans({ ...build, order: { text: 'of before there were traces', author: 'client' } })).toEqual(
    [],
  );
});
