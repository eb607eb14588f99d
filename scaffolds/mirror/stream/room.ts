import type { Json, Operation } from '@counterpart/schemas';
import { asText } from '../answer/render.ts';
import type { Sampler } from '../sample/sample.ts';
import type { Channels } from './channels.ts';

/** What a mirror says where answers do not end. */
export interface StreamRoom {
  /** Server-sent events: some made up at once, then what is pushed, until the caller goes. */
  respond(operation: Operation): Response;
  /** What a socket says at its beginning. */
  greetings(operation: Operation): readonly Json[];
  /** What it says to a message: one by its schema, or the same again where nothing is said of messages. */
  reply(operation: Operation, message: Json, index: number): Json;
  readonly channels: Channels;
}

/** Longest silence of an open stream: what stands between keeps connections of which nothing is heard that long. */
const HEARTBEAT_MS = 15_000;

const eventText = (data: Json, id: number): string =>
  `id: ${id}\ndata: ${asText(data).replaceAll('\n', '\ndata: ')}\n\n`;

/** Makes the room; `seeded` is how many messages come by themselves. */
export function createStreamRoom(sampler: Sampler, channels: Channels, seeded: number): StreamRoom {
  const made = ({ name, stream }: Operation, index: number): Json =>
    sampler.sample(stream?.message ?? { type: 'object', properties: { event: { type: 'string' } } }, {
      name: 'event',
      salt: `${name} message ${index}`,
    }) ?? {};
  const greetings = (operation: Operation): readonly Json[] =>
    Array.from({ length: seeded }, (_, index) => made(operation, index));
  return {
    channels,
    greetings,
    reply: (operation, message, index) =>
      operation.stream?.message === undefined ? message : made(operation, seeded + index),
    respond: (operation) => eventResponse(operation.name, greetings(operation), channels),
  };
}

function eventResponse(operation: string, first: readonly Json[], channels: Channels): Response {
  const encoder = new TextEncoder();
  let leave: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let id = 0;
      const say = (text: string): void => {
        // Who reads nothing for long is not written to for ever.
        if ((controller.desiredSize ?? 0) > -MOST_UNREAD) controller.enqueue(encoder.encode(text));
      };
      const send = (message: Json): void => say(eventText(message, (id += 1)));
      first.forEach(send);
      const close = channels.open(operation, send);
      const beat = setInterval(() => say(':\n\n'), HEARTBEAT_MS).unref();
      leave = () => {
        clearInterval(beat);
        close();
      };
    },
    cancel: () => leave(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-mirror-operation': operation,
    },
  });
}

/** Events kept for one reader. */
const MOST_UNREAD = 1_000;
