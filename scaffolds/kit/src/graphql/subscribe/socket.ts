import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import type { WireRequest } from '../../http/exchange.ts';
import { isList, isMembers, parseJson, type Members } from '../../json-value.ts';
import { openWebSocket, type OpenedSocket } from '../../http/streamed.ts';
import { adviceOn, errorLines } from '../call/answer.ts';
import type { GraphqlRequest } from '../call/request.ts';
import { Unreachable, type Listen } from './listen.ts';

const PROTOCOL = 'graphql-transport-ws';
const ID = '1';
/** Until the service has acknowledged the connection. */
const ACKNOWLEDGE_MS = 10_000;

/** Credentials as services look for them: in the handshake's headers, and in what opens the conversation. */
function greeting({ headers }: WireRequest): Members {
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  if (authorization === undefined) return { type: 'connection_init' };
  return { type: 'connection_init', payload: { authorization, headers: { authorization } } };
}

const FRAMING = /^(?:content-|accept|connection$|host$|upgrade$|sec-)/i;

function parsed(data: unknown): Members | undefined {
  try {
    const value = parseJson(typeof data === 'string' ? data : '');
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refusal(payload: Json | undefined): ToolFailure {
  const errors = isList(payload) ? payload.filter(isMembers) : [];
  return new ToolFailure(`The service refused the subscription:\n${errorLines(errors)}`, {
    nextStep: adviceOn(errors),
  });
}

interface Ends {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One conversation; `isOpen` says whether the service has acknowledged it. */
class Conversation {
  readonly #socket: WebSocket;
  readonly #request: WireRequest;
  readonly #body: GraphqlRequest;
  readonly #ends: Ends;
  #isOpen = false;

  constructor(
    socket: WebSocket,
    { request, body, ends }: { request: WireRequest; body: GraphqlRequest; ends: Ends },
  ) {
    this.#socket = socket;
    this.#request = request;
    this.#body = body;
    this.#ends = ends;
  }

  greet(): void {
    this.#say(greeting(this.#request));
  }

  hear(message: Members | undefined, next: (result: Json) => void): void {
    const type: string = typeof message?.['type'] === 'string' ? message['type'] : '';
    switch (type) {
      case 'connection_ack':
        this.#isOpen = true;
        this.#say({ id: ID, type: 'subscribe', payload: { ...this.#body } });
        break;
      case 'ping':
        this.#say({ type: 'pong' });
        break;
      case 'next':
        next(message?.['payload'] ?? null);
        break;
      case 'error':
        this.#ends.reject(refusal(message?.['payload']));
        break;
      case 'complete':
        this.#ends.resolve();
        break;
      default:
    }
  }

  closed(code: number, reason: string): void {
    const words = `the connection was closed (${code}${reason === '' ? '' : ` ${reason}`})`;
    if (this.#isOpen)
      this.#ends.reject(new ToolFailure(`While listening ${words}.`, { nextStep: 'Call again.' }));
    else this.#ends.reject(new Unreachable(words));
  }

  waited(): void {
    if (!this.#isOpen) this.#ends.reject(new Unreachable(`no acknowledgement within ${ACKNOWLEDGE_MS} ms`));
  }

  /** Says good-bye where there is somebody to hear it. */
  leave(): void {
    if (this.#isOpen && this.#socket.readyState === WebSocket.OPEN) this.#say({ id: ID, type: 'complete' });
    this.#socket.close(1000);
  }

  #say(message: Members): void {
    this.#socket.send(JSON.stringify(message));
  }
}

async function open(request: WireRequest): Promise<OpenedSocket> {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !FRAMING.test(name)));
  try {
    return await openWebSocket(request.url, { protocols: [PROTOCOL], headers });
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Listens over WebSocket, by the protocol graphql-transport-ws. */
export const listenBySocket: Listen = async (request, body, { next, signal }) => {
  const { socket, refused } = await open(request);
  let conversation: Conversation | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const talk = new Conversation(socket, { request, body, ends: { resolve, reject } });
      conversation = talk;
      const timer = setTimeout(() => talk.waited(), ACKNOWLEDGE_MS);
      const stop = (): void => resolve();
      signal.addEventListener('abort', stop, { once: true });
      socket.addEventListener('open', () => talk.greet());
      socket.addEventListener('message', ({ data }) => talk.hear(parsed(data), next));
      socket.addEventListener('error', () =>
        reject(refused() ?? new Unreachable('it does not take the connection')),
      );
      socket.addEventListener('close', ({ code, reason }) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        talk.closed(code, reason);
      });
    });
  } finally {
    conversation?.leave();
  }
};
