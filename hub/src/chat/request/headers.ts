import type { IncomingMessage } from 'node:http';

/** Names the conversation of the hub that a chat completion belongs to. */
export const CONVERSATION_HEADER = 'counterpart-conversation';
/** `true`: a stream outlives its connection for a while. */
export const RESUMABLE_HEADER = 'counterpart-resumable';

/** `hit`: the answer was given before, and no model was asked. A stream says so with its end. */
export const CACHE_HEADER = 'counterpart-cache';

/** The stream that a client comes back to, and the number of the first event that it lacks. */
export interface Resumption {
  readonly id: string;
  readonly from: number;
}

/** What `Last-Event-ID: <id>:<number>` says (HTML, server-sent events, 9.2.4); undefined: nothing of the kind. */
export function resumptionOf(req: IncomingMessage): Resumption | undefined {
  const last = req.headers['last-event-id'];
  const [, id, number] = /^(chatcmpl-[\w-]+):(\d{1,12})$/.exec(typeof last === 'string' ? last : '') ?? [];
  return id === undefined ? undefined : { id, from: Number(number) + 1 };
}
