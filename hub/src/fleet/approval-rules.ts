import type { HubConfig } from '@counterpart/schemas';
import type { Rules } from '../approvals/judge.ts';
import type { Origin } from './desired.ts';

/** Whoever writes the package of a built server decides what it offers; other programs change without being asked. */
export function approvalRules(origin: Origin, { defaults }: HubConfig): Rules {
  const own = (origin.kind === 'built' ? origin.override : origin.entry)?.approval;
  const rules = {
    changedTools: own?.changedTools ?? defaults.approval.changedTools,
    newTools: own?.newTools ?? defaults.approval.newTools,
  };
  if (origin.kind !== 'built') return rules;
  const { contentHash, sourceStamp } = origin.found;
  return { ...rules, package: `${contentHash} ${sourceStamp}` };
}
