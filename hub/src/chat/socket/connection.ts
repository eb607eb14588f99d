import type { Duplex } from 'node:stream';
import { hubError, toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import { ResponseSocketEvent } from '@counterpart/schemas/chat/api/responses';
import type { ServerSocket } from 'ws';
import { parseBody, wrongField } from '../request/read-body.ts';
import type { ChatParts } from '../parts.ts';
import { openResponse } from '../responses/create.ts';
import type { Journal } from '../stream/journal.ts';
import { errorMessage, type Lane, messagesIn } from './frames.ts';
import { RecentAnswers } from './recent.ts';

/** Requests of one connection that are answered or wait for those before them. */
const MOST_AT_ONCE = 16;

type Create = Extract<ResponseSocketEvent, { readonly type: 'response.create' }>;

/**
 * One client of the WebSocket at `/v1/responses`: each `response.create` is answered by the events of a stream. Requests of a
 * lane are answered one after another, those of different lanes side by side.
 */
export class ResponseConnection {
  readonly #parts: ChatParts;
  readonly #client: ServerSocket;
  readonly #socket: Duplex;
  readonly #lanes = new Map<Lane, Promise<void>>();
  readonly #left = new AbortController();
  #open = 0;
  #isRefusing = false;

  constructor(parts: ChatParts, client: ServerSocket, socket: Duplex) {
    const recent = new RecentAnswers();
    this.#parts = { ...parts, recent, responses: recent.beside(parts.responses) };
    this.#client = client;
    this.#socket = socket;
  }

  get principal(): string {
    return this.#parts.principal;
  }

  /** Answers from now on, until the client leaves. */
  listen(): void {
    this.#client.on('message', (data, isBinary) => this.#receive(data.toString(), isBinary));
    this.#client.once('close', () => this.#left.abort());
  }

  /** What is under way goes on, nothing more is begun. */
  refuse(): void {
    this.#isRefusing = true;
  }

  /** Resolves when all that was begun is told. */
  async told(): Promise<void> {
    await Promise.all(this.#lanes.values());
  }

  #receive(text: string, isBinary: boolean): void {
    let lane: Lane;
    try {
      if (isBinary) throw wrongField('', 'messages are text');
      const event = parseBody(text, ResponseSocketEvent);
      if (event.type === 'response.steer') return this.#send(notSteered(event));
      lane = event.stream_id ?? undefined;
      if (this.#open >= MOST_AT_ONCE)
        throw hubError('SOCKETS_BUSY', { limit: MOST_AT_ONCE, what: 'requests of one connection' });
      this.#queue(lane, event);
    } catch (thrown) {
      this.#send(errorMessage(this.#errorOf(thrown), lane));
    }
  }

  #queue(lane: Lane, event: Create): void {
    this.#open += 1;
    const answered = (this.#lanes.get(lane) ?? Promise.resolve())
      .then(() => this.#answer(lane, event))
      .finally(() => {
        this.#open -= 1;
        if (this.#lanes.get(lane) === answered) this.#lanes.delete(lane);
      });
    this.#lanes.set(lane, answered);
  }

  /** Never rejects. */
  async #answer(lane: Lane, { type: _type, stream_id: _lane, generate, ...asked }: Create): Promise<void> {
    if (this.#left.signal.aborted) return;
    try {
      if (this.#isRefusing) throw hubError('HUB_STOPPING', {});
      const { journal } = await openResponse(this.#parts, { ...asked, stream: true }, generate === false);
      await this.#follow(journal, lane);
    } catch (thrown) {
      this.#send(errorMessage(this.#errorOf(thrown), lane));
    }
  }

  /** Resolves when all is said, or the client has left. */
  #follow(journal: Journal, lane: Lane): Promise<void> {
    const { signal } = this.#left;
    return new Promise((resolve) => {
      const followed = journal.follow(0, {
        write: (text) => {
          for (const message of messagesIn(text, lane)) this.#send(message);
          return !this.#socket.writableNeedDrain;
        },
        end: () => settle(),
      });
      const settle = (): void => {
        this.#socket.off('drain', followed.resume);
        signal.removeEventListener('abort', settle);
        followed.leave();
        resolve();
      };
      this.#socket.on('drain', followed.resume);
      signal.addEventListener('abort', settle, { once: true });
      if (signal.aborted) settle();
    });
  }

  #send(message: string): void {
    if (this.#client.readyState === this.#client.OPEN) this.#client.send(message);
  }

  #errorOf(thrown: unknown): CounterpartError {
    const error = toCounterpartError(thrown);
    if (error.code === 'INTERNAL') this.#parts.log.error({ cause: thrown }, 'a message was not answered');
    return error;
  }
}

/** Answers here cannot be led while they are made: the client gets its input back, and asks with it afterwards. */
function notSteered({
  input,
  previous_response_id,
}: Extract<ResponseSocketEvent, { type: 'response.steer' }>): string {
  const error = {
    type: 'invalid_request_error',
    code: 'steering_not_supported',
    message: 'Answers are not led while they are made: send the input with the next `response.create`.',
  };
  const steer = { input, previous_response_id };
  return JSON.stringify({ type: 'response.steer.failed', sequence_number: 0, error, steer });
}
