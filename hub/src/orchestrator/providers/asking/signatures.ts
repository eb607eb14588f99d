import { isMembers, membersOf } from '../../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../../kernel/ports.ts';

/** So many calls are remembered, the oldest forgotten first. */
const MOST_KEPT = 4_096;
/** Models from this generation on refuse calls without a signature. */
const NEEDS_SIGNATURE = /gemini-(?:[3-9]|\d\d)/;
/** What Gemini's documentation gives for calls that another model made ("thought signatures"). */
const NOT_SIGNED = 'skip_thought_signature_validator';

/** Whether a call came with something to be shown again with it. */
export const isSigned = (delta: unknown): boolean => isMembers(membersOf(delta)['extra_content']);

/** Signatures of calls, which Gemini wants to see again in the next turn. They mean nothing to anybody else. */
export interface Signatures {
  keep(callId: string, delta: unknown): void;
  /** What belongs beside a call of the conversation. */
  of(callId: string, model: string): JsonMembers | undefined;
}

/** Signatures in memory: after a restart, calls are shown as another model's. */
export function createSignatures(): Signatures {
  const kept = new Map<string, JsonMembers>();
  return {
    keep(callId, delta) {
      kept.delete(callId);
      kept.set(callId, { extra_content: membersOf(delta)['extra_content'] });
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    },
    of(callId, model) {
      const own = kept.get(callId);
      if (own !== undefined || !NEEDS_SIGNATURE.test(model)) return own;
      return { extra_content: { google: { thought_signature: NOT_SIGNED } } };
    },
  };
}
