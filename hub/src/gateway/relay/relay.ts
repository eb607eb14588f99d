import { hubError } from '@counterpart/schemas';
import type {
  Caller,
  JsonMembers,
  RelayReply,
  RelayRequest,
  RelaySink,
  RelayTicket,
  Upstream,
} from '../../kernel/ports.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { answerOf, faultAnswer } from '../wire/answer.ts';
import { faultOf } from '../wire/fault.ts';
import { answerInputs, inputRequestOf, MAX_INPUT_ROUNDS, type InputRequest } from './input-rounds.ts';
import { passesLevel } from '../wire/log-level.ts';
import { notificationFrame } from '../wire/message.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';

/** One client request on its way to a server. */
export interface Passage {
  readonly idText: string;
  readonly caller: Caller;
  readonly channel: ReplyChannel;
  /** Puts a server's question to the client. */
  readonly ask: RelaySink['ask'];
  /** Called once when nothing more will happen: answered, failed or cancelled. */
  readonly done: () => void;
}

/** Forwards a request and carries back everything that belongs to it. Cancelling after the answer does nothing. */
export function relay(upstream: Upstream, request: RelayRequest, passage: Passage): RelayTicket {
  const course = new Course(upstream, request, passage);
  course.forward(request);
  return course;
}

class Course implements RelaySink, RelayTicket {
  readonly caller: Caller;
  readonly #upstream: Upstream;
  readonly #passage: Passage;
  /** Kept for retries: only a legacy caller needs the hub to answer a modern server's questions. */
  readonly #again: RelayRequest | undefined;
  readonly #method: string;
  #ticket: RelayTicket | undefined;
  #rounds = 0;
  #ended = false;
  #giveUp: AbortController | undefined;

  constructor(upstream: Upstream, request: RelayRequest, passage: Passage) {
    this.#upstream = upstream;
    this.#passage = passage;
    this.#method = request.method;
    this.caller = passage.caller;
    this.#again = passage.caller.era === 'legacy' ? { ...request, params: { ...request.params } } : undefined;
  }

  forward(request: RelayRequest): void {
    this.#ticket = this.#upstream.forward(request, this);
  }

  settle(reply: RelayReply): void {
    if (this.#ended) return;
    const inputs = this.#again && inputRequestOf(reply);
    if (inputs) {
      void this.#nextRound(inputs);
      return;
    }
    const { idText, caller, channel } = this.#passage;
    const { wire, status } = answerOf(reply, { idText, method: this.#method, era: caller.era });
    this.#end();
    channel.finish(wire, status);
  }

  notify(method: string, params: JsonMembers): void {
    if (this.#ended || (method === 'notifications/message' && !this.#wantsLog(params))) return;
    this.#passage.channel.send(notificationFrame(method, params));
  }

  ask(method: string, params: JsonMembers, signal: AbortSignal): Promise<JsonMembers> {
    return this.#passage.ask(method, params, signal);
  }

  cancel(reason?: string): void {
    if (this.#ended) return;
    this.#end();
    this.#giveUp?.abort();
    this.#ticket?.cancel(reason);
    this.#passage.channel.drop();
  }

  async #nextRound(inputs: InputRequest): Promise<void> {
    this.#giveUp ??= new AbortController();
    const { signal } = this.#giveUp;
    try {
      if (++this.#rounds > MAX_INPUT_ROUNDS)
        throw hubError('UPSTREAM_PROTOCOL', {
          server: this.#upstream.id,
          detail: 'it asks for input again and again',
        });
      const answers = await answerInputs(inputs, (method, params) => this.ask(method, params, signal));
      if (this.#ended || !this.#again) return;
      this.forward({ ...this.#again, params: { ...this.#again.params, ...answers } });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** The client did not answer a question, or the server asked too often. */
  #fail(thrown: unknown): void {
    if (this.#ended) return;
    const fault =
      thrown instanceof RpcFailure
        ? { code: thrown.code, message: thrown.message, status: 200 }
        : faultOf(thrown);
    const { wire, status } = faultAnswer(fault, this.#passage.idText);
    this.#end();
    this.#passage.channel.finish(wire, status);
  }

  /** A modern client gets logs only when its request names a level, a legacy one that named none gets all. */
  #wantsLog(params: JsonMembers): boolean {
    const { logLevel, era } = this.#passage.caller;
    return logLevel === undefined ? era === 'legacy' : passesLevel(params['level'], logLevel);
  }

  #end(): void {
    this.#ended = true;
    this.#passage.done();
  }
}
