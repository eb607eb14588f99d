import { randomBytes } from 'node:crypto';

// W3C Trace Context, level 1: https://www.w3.org/TR/trace-context/

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})(?<trace>[0-9a-f]{32})-(?!0{16})(?<span>[0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;

/** A new trace, as 32 hexadecimal digits. */
export const newTrace = (): string => randomBytes(TRACE_BYTES).toString('hex');

/** The trace and the caller's span that a `traceparent` names; undefined for what is none (section 3.2.2: such a header is ignored). */
export function callerOf(
  traceparent: string | undefined,
): { readonly trace: string; readonly parent: string } | undefined {
  const { trace, span } = TRACEPARENT.exec(traceparent ?? '')?.groups ?? {};
  return trace === undefined || span === undefined ? undefined : { trace, parent: span };
}

/** The trace alone. */
export const traceOf = (traceparent: string | undefined): string | undefined => callerOf(traceparent)?.trace;

/** A new span, as 16 hexadecimal digits. */
export const newSpan = (): string => randomBytes(SPAN_BYTES).toString('hex');

/** The `traceparent` of a request that belongs to a trace, with a span of its own. */
export const traceparentOf = (trace: string): string => `00-${trace}-${newSpan()}-01`;
