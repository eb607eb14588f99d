import type { Redact } from '../kernel/redact.ts';
import type { Span } from './spans.ts';

// OTLP 1.x, JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
// Ids are hexadecimal digits, 64-bit numbers are text, values of enumerations are numbers.

const SPAN_KIND_INTERNAL = 1;
const STATUS_CODE_ERROR = 2;
const NANOSECONDS = 1_000_000n;

/** What is said of the program with every request. */
export interface Telling {
  readonly version: string;
  /** Takes secrets out of a text. */
  readonly clean: Redact;
}

/** The body of an export request (`ExportTraceServiceRequest`). Pure. */
export const traceRequest = (spans: readonly Span[], { version, clean }: Telling) => ({
  resourceSpans: [
    {
      resource: { attributes: attributesOf({ 'service.name': 'counterpart', 'service.version': version }) },
      scopeSpans: [
        { scope: { name: 'counterpart', version }, spans: spans.map((span) => toOtlp(span, clean)) },
      ],
    },
  ],
});

const toOtlp = (span: Span, clean: Redact) => ({
  traceId: span.trace,
  spanId: span.id,
  ...(span.parent === undefined ? {} : { parentSpanId: span.parent }),
  name: span.name,
  kind: SPAN_KIND_INTERNAL,
  startTimeUnixNano: nanoseconds(span.startMs),
  // The clock may have been put back meanwhile.
  endTimeUnixNano: nanoseconds(Math.max(span.startMs, span.endMs)),
  attributes: attributesOf({ ...span.attributes, 'error.type': span.code }, clean),
  // What went well is left unset: OpenTelemetry keeps "ok" for what a person declares to be.
  status: span.isFailed
    ? { code: STATUS_CODE_ERROR, ...(span.code === undefined ? {} : { message: span.code }) }
    : {},
});

const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms)) * NANOSECONDS);

const attributesOf = (attributes: Span['attributes'], clean: Redact = (text) => text) =>
  Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const told = typeof value === 'number' ? { intValue: String(value) } : { stringValue: clean(value) };
    return [{ key, value: told }];
  });
