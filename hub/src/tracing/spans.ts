import type { LoopDetail } from '@counterpart/schemas';
import type { EndedAct } from '../kernel/ports.ts';
import { newSpan } from '../kernel/protocol/trace.ts';

/** Something that was done, from its start to its end. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly parent?: string | undefined;
  readonly name: string;
  /** Milliseconds since the epoch, both. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly isFailed: boolean;
  /** Of the error, where it is known. */
  readonly code?: string | undefined;
}

/** An act of the audit log: who, what and with what; its facts stay in the log, some are words of people. */
export const actSpan = ({ entry, parent, endedMs, code }: EndedAct): Span => ({
  trace: entry.trace,
  id: entry.span,
  parent,
  name: entry.action,
  startMs: Date.parse(entry.at),
  endMs: endedMs,
  attributes: {
    'counterpart.subject': entry.subject,
    'counterpart.principal': entry.principal,
    'counterpart.audit.sequence': entry.sequence,
  },
  isFailed: code !== undefined,
  code,
});

/**
 * A build at its end, and one span below it for every stage whose times are kept. Its wish and what its stages told stay
 * where they are: they are words of people, services and models.
 */
export function buildSpans({ id, order, server, author, state, steps, ...times }: LoopDetail): Span[] {
  const { trace } = order;
  if (trace === undefined) return [];
  const build: Span = {
    trace,
    id: newSpan(),
    name: 'build',
    startMs: Date.parse(times.createdAt),
    endMs: Date.parse(times.updatedAt),
    attributes: {
      'counterpart.build': id,
      'counterpart.subject': server,
      'counterpart.build.author': author,
      'counterpart.build.state': state,
    },
    isFailed: state === 'failed',
  };
  const stages = steps.map(({ stage, round, state: outcome, startedAt, endedAt }): Span => ({
    trace,
    id: newSpan(),
    parent: build.id,
    name: `build.${stage}`,
    startMs: Date.parse(startedAt),
    // A stage that was cut off ended with its build.
    endMs: Date.parse(endedAt ?? times.updatedAt),
    attributes: {
      'counterpart.build': id,
      'counterpart.build.round': round,
      'counterpart.build.state': outcome,
    },
    isFailed: outcome === 'failed',
  }));
  return [build, ...stages];
}
