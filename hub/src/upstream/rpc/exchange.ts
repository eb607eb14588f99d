import { CounterpartError, hubError } from '@counterpart/schemas';
import type {
  Caller,
  JsonMembers,
  RawReply,
  RelaySink,
  RelayTicket,
  ProgressToken,
} from '../../kernel/ports.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { membersOf, parseJson } from '../../kernel/protocol/members.ts';
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
  /** Set for a request of the hub's own. */
  readonly #answered: Answered | undefined;
  /** Set for a relayed request: its answer, notifications and questions of the server go here. */
  readonly sink: RelaySink | undefined;
  readonly token: ProgressToken | undefined;
  /** The last progress passed on; progress must grow. */
  progress = Number.NEGATIVE_INFINITY;
  readonly #owner: ExchangeOwner;

  constructor(owner: ExchangeOwner, id: number, method: string, parts: ExchangeParts) {
    this.#owner = owner;
    this.id = id;
    this.method = method;
    this.timing = parts.timing;
    this.#answered = parts.answered;
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

  /** A long answer begins: who takes the rest of it, undefined where it must be whole. */
  begin(head: RawReply): ((part: Buffer) => void) | undefined {
    return this.sink?.begin?.(head);
  }

  /** Hands the answer over; untouched to a sink. */
  reply(reply: RawReply): void {
    if (this.sink) this.sink.settle(reply);
    else this.#answered?.reply(reply);
  }

  fail(error: CounterpartError): void {
    if (this.sink) this.sink.settle({ kind: 'failure', error });
    else this.#answered?.fail(error);
  }

  cancel(reason = 'the caller gave up'): void {
    this.#owner.abandon(this, reason);
  }
}

export interface ExchangeParts {
  readonly timing: ExchangeTiming;
  /** Either this or a sink. */
  readonly answered?: Answered | undefined;
  readonly sink?: RelaySink | undefined;
  readonly token?: ProgressToken | undefined;
}

/** Reads the answer of a request of the hub's own. */
export function toPromise(server: string, settle: PromiseSettlers): Answered {
  return {
    fail: settle.reject,
    reply(reply) {
      // What is refused may be told to a client as it came; lists and greetings are read as programs read them.
      const parsed = parseJson(reply.frame, reply.isError ? parseExact : JSON.parse);
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

/** What cannot be written as JSON again was nested too deeply to be read by the server either. */
export const unsendable = (method: string, cause: unknown): CounterpartError =>
  hubError(
    'INPUT_INVALID',
    { subject: method, detail: 'it is nested too deeply to be passed on' },
    { cause },
  );

/** Why a request of the hub's own was given up: the reason of its signal where that is an error of the catalogue. */
export function abortError(server: string, method: string, signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof CounterpartError) return reason;
  return hubError('UPSTREAM_LOST', { server, detail: `${method} was given up` });
}
