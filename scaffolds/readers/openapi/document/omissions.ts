import type { Omission } from '@counterpart/schemas';

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

/** An empty collection. `lineOf` gives the 1-based line of a pointer where that is known. */
export function createLosses(lineOf: (pointer: string) => number | undefined): Losses {
  const seen = new Set<string>();
  const list: Omission[] = [];
  return {
    list,
    add(omission) {
      const key = `${omission.code} ${omission.severity} ${omission.source.pointer} ${omission.reason}`;
      if (seen.has(key)) return;
      seen.add(key);
      const line = lineOf(omission.source.pointer);
      list.push(line === undefined ? omission : { ...omission, source: { ...omission.source, line } });
    },
  };
}
