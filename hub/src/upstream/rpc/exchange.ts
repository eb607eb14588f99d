import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { Caller, JsonMembers, RawReply, RelaySink, RelayTicket, RpcId } from '../../kernel/ports.ts';
import { membersOf, parseJson } from '../../kernel/members.ts';
import { RpcFailure } from '../rpc-failure.ts';

/** What becomes of a request: an answer, or a failure on the way. Exactly one of both, once. */
export interface Answered {
  reply(reply: RawReply): void;
  fail(error: CounterpartError): void;
}

/** The one that is told when somebody gives a request up. */
export interface ExchangeOwner {
  abandon(exchange: Exchange, reason: string): void;
}

/** Milliseconds; `Infinity` for a request that stays open, such as a subscription. */
export interface ExchangeTiming {
  readonly timeoutMs: number;
  due: number;
  readonly cap: number;
}

/** One request on its way, and the ticket to give it up. */
export class Exchange implements RelayTicket {
  readonly id: number;
  readonly method: string;
  readonly timing: ExchangeTiming;
  readonly answered: Answered;
  /** Set for a relayed request: notifications and questions of the server go here. */
  readonly sink: RelaySink | undefined;
  readonly token: RpcId | undefined;
  /** The last progress passed on; progress must grow. */
  progress = Number.NEGATIVE_INFINITY;
  readonly #owner: ExchangeOwner;

  constructor(owner: ExchangeOwner, id: number, method: string, parts: ExchangeParts) {
    this.#owner = owner;
    this.id = id;
    this.method = method;
    this.timing = parts.timing;
    this.answered = parts.answered;
    this.sink = parts.sink;
    this.token = parts.token;
  }

  get caller(): Caller | undefined {
    return this.sink?.caller;
  }

  /** True for a request that ends only when one side closes it; it counts neither as a call nor as work. */
  get isStream(): boolean {
    return this.timing.timeoutMs === Number.POSITIVE_INFINITY;
  }

  cancel(reason = 'the caller gave up'): void {
    this.#owner.abandon(this, reason);
  }
}

export interface ExchangeParts {
  readonly timing: ExchangeTiming;
  readonly answered: Answered;
  readonly sink?: RelaySink | undefined;
  readonly token?: RpcId | undefined;
}

/** Hands answers to a relay sink untouched. */
export function toSink(sink: RelaySink): Answered {
  return {
    reply: (reply) => sink.settle(reply),
    fail: (error) => sink.settle({ kind: 'failure', error }),
  };
}

/** Reads the answer of a request of the hub's own. */
export function toPromise(server: string, settle: PromiseSettlers): Answered {
  return {
    fail: settle.reject,
    reply(reply) {
      const parsed = parseJson(reply.frame);
      if (!parsed)
        settle.reject(hubError('UPSTREAM_PROTOCOL', { server, detail: 'an answer that is not JSON' }));
      else if (reply.isError) settle.reject(new RpcFailure(membersOf(membersOf(parsed.value)['error'])));
      else settle.resolve(membersOf(membersOf(parsed.value)['result']));
    },
  };
}

export interface PromiseSettlers {
  readonly resolve: (result: JsonMembers) => void;
  readonly reject: (error: Error) => void;
}
