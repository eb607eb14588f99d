import type { DriftSign, ServiceChange, ToolEvidence } from '@counterpart/schemas';

/** Failures in a row without an answer between them, and answers that miss the same place. */
const FAILURES = 5;
const MISSES = 3;

/**
 * Codes that say nothing of the service's form: credentials, limits, a service that is down, the hub's own refusals. What is
 * not found may be the caller's fault, and so counts only in a row.
 */
const OF_FORM = /^(?:400|404|405|406|410|415|422|426|501|error)$/;

/** Signs that calls give. Pure. */
export const signsOfCalls = (evidence: readonly ToolEvidence[]): DriftSign[] =>
  evidence.flatMap(({ tool, failedInRow, codes, places }): DriftSign[] => {
    const formal = Object.entries(codes).filter(([code]) => OF_FORM.test(code));
    const failures = formal.reduce((sum, [, count]) => sum + count, 0);
    const failing: DriftSign[] =
      failedInRow >= FAILURES && failures >= FAILURES
        ? [{ kind: 'failing', tool, detail: `failed ${failedInRow} times in a row (${listed(formal)})` }]
        : [];
    const missed = Object.entries(places).filter(([, count]) => count >= MISSES);
    return [
      ...failing,
      ...missed.map(([place, count]): DriftSign => ({
        kind: 'answers',
        tool,
        detail: `${place}, in ${count} answers`,
      })),
    ];
  });

const listed = (codes: readonly (readonly [string, number])[]): string =>
  codes.map(([code, count]) => `${code}: ${count}`).join(', ');

/** Signs that the description of today gives: what breaks callers. Pure. */
export const signsOfChanges = (changes: readonly ServiceChange[]): DriftSign[] =>
  changes
    .filter(({ breaking }) => breaking)
    .map(({ tool, kind, details }) => ({
      kind: 'description',
      tool,
      detail: `${kind}: ${details.join('; ')}`,
    }));
