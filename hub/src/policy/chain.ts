import type { CallPolicy } from '../kernel/ports.ts';

/**
 * Policies as one: the first refusal counts, a tool is seen when none of them hides it, each that observes is told. A member
 * that none of them has is absent, so that nothing is spent on it.
 */
export function chainPolicies(policies: readonly CallPolicy[]): CallPolicy {
  const checking = policies.filter((policy) => policy.check !== undefined);
  const hiding = policies.filter((policy) => policy.visible !== undefined);
  const observing = policies.filter((policy) => policy.observe !== undefined);
  return {
    ...(checking.length > 0 && {
      check(call) {
        for (const policy of checking) {
          const refusal = policy.check?.(call);
          if (refusal) return refusal;
        }
        return undefined;
      },
    }),
    ...(hiding.length > 0 && {
      visible: (tool, principal) => hiding.every((policy) => policy.visible?.(tool, principal) ?? true),
    }),
    ...(observing.length > 0 && {
      observe(call, outcome) {
        for (const policy of observing) policy.observe?.(call, outcome);
      },
    }),
  };
}
