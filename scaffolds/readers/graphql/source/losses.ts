import type { ASTNode } from 'graphql';
import type { Omission } from '@counterpart/schemas';

type Code = Omission['code'];

/** Most omissions a blueprint names one by one; the rest is counted. */
const MOST_LISTED = 200;

type Lose = (code: Code, pointer: string, reason: string, line?: number) => void;

/** Collects what could not be taken, with a place and a reason. */
export interface Losses {
  /** Nothing is lost. */
  readonly notice: Lose;
  /** A type, a field or an argument is left out. */
  readonly part: Lose;
  /** A root field does not become a tool. */
  readonly operation: Lose;
  list(): Omission[];
}

/** 1-based line of a node in the source. */
export const lineOf = (node: ASTNode): number | undefined => node.loc?.startToken.line;

/** An empty collection. Lines are left out when the text is not the author's own (`hasLines` false). */
export function createLosses(hasLines: boolean): Losses {
  const found: Omission[] = [];
  const adder =
    (severity: Omission['severity']): Lose =>
    (code, pointer, reason, line) => {
      const source = { pointer, ...(hasLines && line !== undefined ? { line } : {}) };
      found.push({
        code,
        severity,
        subject: pointer.replace(/^#\//, '').replaceAll('/', '.'),
        reason,
        source,
      });
    };
  return {
    notice: adder('notice'),
    part: adder('part'),
    operation: adder('operation'),
    list() {
      if (found.length <= MOST_LISTED) return found;
      const weight = { operation: 0, part: 1, notice: 2 };
      const listed = found.toSorted((a, b) => weight[a.severity] - weight[b.severity]).slice(0, MOST_LISTED);
      const reason = `${found.length - MOST_LISTED} more parts were left out for the same reasons.`;
      return [
        ...listed,
        { code: 'too-large', severity: 'notice', subject: 'schema', reason, source: { pointer: '#' } },
      ];
    },
  };
}
