import type { Json, Operation, StreamCall } from '@counterpart/schemas';
import type { WireRequest } from '../http/exchange.ts';
import type { Wire } from '../interpret/wire.ts';
import { isList } from '../json-value.ts';
import type { Arguments } from '../tools/tool.ts';
import { hearEvents } from './events.ts';
import type { Hear } from './hear.ts';
import { hearSocket } from './socket.ts';

const HEAR: Readonly<Record<StreamCall['kind'], Hear>> = {
  websocket: hearSocket,
  'server-sent-events': hearEvents,
};

/** Of all messages of one call, in characters of their JSON. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

const numberAt = (args: Arguments, key: string, usual: number): number => {
  const value = args[key];
  return typeof value === 'number' ? value : usual;
};

function textsToSend(args: Arguments, key: string | undefined): readonly string[] {
  const given = key === undefined ? undefined : args[key];
  if (!isList(given)) return [];
  return given.map((message) => (typeof message === 'string' ? message : JSON.stringify(message)));
}

/** Listens until enough came, the time is over or the service ends it. Throws ToolFailure. */
async function collect(
  hear: Hear,
  request: WireRequest,
  wanted: { readonly send: readonly string[]; readonly events: number; readonly seconds: number },
  { signal, progress }: Parameters<NonNullable<Wire['collect']>>[2],
): Promise<{ readonly events: readonly Json[]; readonly ended: string }> {
  const events: Json[] = [];
  let characters = 0;
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort('seconds'), wanted.seconds * 1_000);
  const next = (message: Json): void => {
    if (enough.signal.aborted) return;
    events.push(message);
    characters += JSON.stringify(message).length;
    progress(events.length, wanted.events);
    if (events.length >= wanted.events || characters >= MOST_CHARACTERS) enough.abort('events');
  };
  try {
    await hear(request, {
      send: wanted.send,
      next,
      signal: AbortSignal.any([signal, enough.signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!enough.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  signal.throwIfAborted();
  return { events, ended: enough.signal.aborted ? String(enough.signal.reason) : 'complete' };
}

/** How a call of an operation that is listened to travels: its own inputs are those of the request. */
export function streamWire(operation: Operation, call: StreamCall): Wire {
  const { bounds, send } = call;
  const own = new Set([bounds.events, bounds.seconds, ...(send === undefined ? [] : [send])]);
  return {
    toRequest: (args) => ({
      operation,
      args: Object.fromEntries(Object.entries(args).filter(([key]) => !own.has(key))),
    }),
    async collect(request, args, context) {
      const wanted = {
        send: textsToSend(args, send),
        events: numberAt(args, bounds.events, 10),
        seconds: numberAt(args, bounds.seconds, 10),
      };
      const heard = await collect(HEAR[call.kind], request, wanted, context);
      const body = Buffer.from(JSON.stringify(heard));
      const headers = { 'content-type': 'application/json' };
      return { status: 200, statusText: 'OK', headers, body, truncated: false, url: request.url };
    },
    fromAnswer: (sent) => sent,
    finish: (result) => result,
  };
}
