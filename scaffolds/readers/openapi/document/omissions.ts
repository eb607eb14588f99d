import type { Omission } from '@counterpart/schemas';
import type { Description } from '../source/parse.ts';

type Places = Pick<Description, 'lineOf' | 'show'>;

export type OmissionCode = Omission['code'];

/** Why a part or an operation cannot be had; caught where the loss can be limited to that part. */
export class Unusable extends Error {
  readonly code: OmissionCode;
  readonly pointer: string;

  constructor(code: OmissionCode, pointer: string, reason: string) {
    super(reason);
    this.name = 'Unusable';
    this.code = code;
    this.pointer = pointer;
  }
}

/** Collects what was lost while reading; the same loss met twice is kept once. */
export interface Losses {
  add(omission: Omission): void;
  readonly list: readonly Omission[];
}

/** An empty collection. `lineOf` gives the 1-based line of a pointer where that is known, `show` how its author has it. */
export function createLosses({ lineOf, show = (pointer) => pointer }: Places): Losses {
  const seen = new Set<string>();
  const list: Omission[] = [];
  return {
    list,
    add(omission) {
      const key = `${omission.code} ${omission.severity} ${omission.source.pointer} ${omission.reason}`;
      if (seen.has(key)) return;
      seen.add(key);
      const { pointer } = omission.source;
      const line = lineOf(pointer);
      const source = { ...omission.source, pointer: show(pointer), ...(line === undefined ? {} : { line }) };
      const subject = omission.subject === pointer ? show(pointer) : omission.subject;
      list.push({ ...omission, subject, source });
    },
  };
}
