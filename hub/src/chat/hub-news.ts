import type { RunEvent } from '../kernel/ports.ts';

/** What happens in the hub while an answer is made; clients that know nothing of it pass it over. */
export type HubNews = Exclude<
  RunEvent,
  { readonly type: 'text' | 'reasoning' | 'refusal' | 'sources' | 'caller-call' | 'end' }
>;

/** An event of a run as the `counterpart` member of a chunk, and as an event of a response, show it. */
export function newsOf(event: HubNews): Record<string, unknown> {
  switch (event.type) {
    case 'routed': {
      const { id, tier, model, delegated, pinned } = event.decision;
      return { type: 'routed', decision: id, tier, model, delegated, pinned };
    }
    case 'tool-started':
      return {
        type: 'tool-started',
        call_id: event.callId,
        name: event.name,
        arguments: event.arguments,
      };
    case 'tool-ended':
      return {
        type: 'tool-ended',
        call_id: event.callId,
        name: event.name,
        is_error: event.isError,
        text: event.text,
        duration_ms: event.durationMs,
      };
    case 'approval': {
      const { id, calls } = event.pending;
      const asked = calls.map(({ callId: call_id, tool, arguments: given }) => ({
        call_id,
        tool,
        arguments: given,
      }));
      return { type: 'approval', id, calls: asked };
    }
    case 'progress':
      return { type: 'progress', text: event.text };
  }
}
