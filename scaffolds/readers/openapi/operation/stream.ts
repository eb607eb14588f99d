import type { JsonObject, JsonSchema, Operation, ResponseBinding, StreamCall } from '@counterpart/schemas';
import type { Found } from '../document/enumerate.ts';
import type { Located } from '../document/references.ts';
import { opensSocket } from '../document/refusals.ts';

/** What of an operation is otherwise because it is listened to. */
type Listened = Required<Pick<Operation, 'stream' | 'input' | 'output'>> &
  Partial<Pick<Operation, 'effect' | 'idempotent'>>;

interface StreamSource {
  readonly method: Found['method'];
  readonly operation: Located<JsonObject>;
  readonly path: string;
  readonly responses: readonly ResponseBinding[];
  /** Input of the operation as a plain request. */
  readonly input: JsonObject;
}

const EVENT_STREAM = /^text\/event-stream *(?:;|$)/i;
const MOST = { events: 1_000, seconds: 300 };

const bound = (maximum: number, usual: number, description: string): JsonObject => ({
  type: 'integer',
  minimum: 1,
  maximum,
  default: usual,
  description,
});

// Successful answers that are events and nothing else, with what is said of one event; undefined for any other.
function eventsOf(responses: readonly ResponseBinding[]): { readonly event?: JsonSchema } | undefined {
  const contents = responses
    .filter(({ status }) => status.startsWith('2'))
    .flatMap(({ contents: all }) => all);
  if (contents.length === 0 || !contents.every(({ mediaType }) => EVENT_STREAM.test(mediaType)))
    return undefined;
  const { schema } = contents[0] ?? {};
  if (typeof schema !== 'object' || schema['type'] === 'string') return {};
  const { items } = schema;
  // A list of events is how descriptions before OpenAPI 3.2 say it; else the schema is that of one event.
  if (schema['type'] === 'array') return isSchema(items) ? { event: items } : {};
  return { event: schema };
}

const isSchema = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How an operation is listened to, where it is; undefined for any other. */
export function streamOf({ method, operation, path, responses, input }: StreamSource): Listened | undefined {
  const statuses = responses.map(({ status }) => status);
  // What a socket is told can change anything, though a GET opens it.
  if (opensSocket(method, operation, path, statuses))
    return { ...toStream('websocket', input, undefined), effect: 'write', idempotent: false };
  const events = eventsOf(responses);
  return events === undefined ? undefined : toStream('server-sent-events', input, events.event);
}

function toStream(kind: StreamCall['kind'], input: JsonObject, message: JsonSchema | undefined): Listened {
  const properties = isSchema(input['properties']) ? input['properties'] : {};
  const free = (...names: readonly string[]): string =>
    names.find((name) => !Object.hasOwn(properties, name)) ?? names.at(-1) ?? '';
  const events = free('max_events', 'most_events', 'kit_max_events');
  const seconds = free('max_seconds', 'most_seconds', 'kit_max_seconds');
  const send = kind === 'websocket' ? free('send', 'messages', 'kit_send') : undefined;
  const added: JsonObject = {
    ...(send === undefined
      ? {}
      : {
          [send]: {
            type: 'array',
            maxItems: 100,
            items: { description: 'A text is sent as it is, anything else as JSON.' },
            description: 'Messages to send once the connection is open, in order.',
          },
        }),
    [events]: bound(MOST.events, 10, 'Stop after this many messages.'),
    [seconds]: bound(MOST.seconds, 10, 'Stop after this many seconds, with what came until then.'),
  };
  return {
    stream: {
      kind,
      bounds: { events, seconds },
      ...(send === undefined ? {} : { send }),
      ...(message === undefined ? {} : { message }),
    },
    input: { ...input, properties: { ...properties, ...added } },
    output: outputFor(kind, message ?? {}),
  };
}

function outputFor(kind: StreamCall['kind'], message: JsonSchema): JsonSchema {
  const event = {
    type: 'object',
    properties: {
      event: { type: 'string', description: 'Its name; message where it has none.' },
      id: { type: 'string' },
      data: message,
    },
    required: ['event', 'data'],
  };
  return {
    type: 'object',
    properties: {
      events: { type: 'array', items: kind === 'websocket' ? message : event },
      ended: { type: 'string', enum: ['events', 'seconds', 'complete'], description: 'Why it stopped.' },
    },
    required: ['events', 'ended'],
  };
}
