import { z } from 'zod';
import { JsonSchema } from '../json.ts';

/**
 * An operation whose answer does not end: messages of a WebSocket, or server-sent events. A call opens it, sends what
 * there is to send, and hears it until enough came or the time is over.
 */
export const StreamCall = z.strictObject({
  kind: z.enum(['websocket', 'server-sent-events']),
  /** Input keys that bound the listening: how many messages, how many seconds. */
  bounds: z.strictObject({ events: z.string(), seconds: z.string() }),
  /** Input key of the messages that are sent once it is open; absent where nothing can be sent. */
  send: z.string().optional(),
  /** Of one message, or of the data of one event; absent: nothing is said of it. */
  message: JsonSchema.optional(),
});
export type StreamCall = z.infer<typeof StreamCall>;
