import { randomBytes } from 'node:crypto';

// W3C Trace Context, level 1: https://www.w3.org/TR/trace-context/

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const TRACEPARENT = /^[0-9a-f]{2}-(?<trace>[0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/** A new trace, as 32 hexadecimal digits. */
export const newTrace = (): string => randomBytes(TRACE_BYTES).toString('hex');

/** The trace that a `traceparent` names; undefined for what is none (section 3.2.2: such a header is ignored). */
export function traceOf(traceparent: string | undefined): string | undefined {
  const trace = TRACEPARENT.exec(traceparent ?? '')?.groups?.['trace'];
  return trace === undefined || /^0+$/.test(trace) || traceparent?.startsWith('ff') === true
    ? undefined
    : trace;
}

/** The `traceparent` of a request that belongs to a trace, with a span of its own. */
export const traceparentOf = (trace: string): string =>
  `00-${trace}-${randomBytes(SPAN_BYTES).toString('hex')}-01`;
