import type { CounterpartError } from '@counterpart/schemas';
import type {
  Caller,
  CallVia,
  JsonMembers,
  RelayRequest,
  RelayTicket,
  ProgressToken,
  Told,
  ToolRoute,
  Upstream,
  ViewSelector,
} from '../../kernel/ports.ts';
import type { Origin } from '../parking/client-of.ts';
import type { ResultBudget } from '../results/results.ts';
import type { ReplyEdit } from '../wire/answer.ts';
import type { Fault } from '../wire/fault.ts';
import type { RpcError } from '../wire/message.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';

/** Which server answers a request. The request's parameters already carry that server's own name or URI. */
export interface Target {
  readonly upstream: Upstream;
  /** The tool that is called, when one is. */
  readonly called?: { readonly route: ToolRoute; readonly via: CallVia } | undefined;
}

/** Puts a server's question to the client of a call. */
export type Ask = (question: AskedOnce, signal: AbortSignal, call: Asking) => Promise<JsonMembers>;

/** One question of a server. */
export interface AskedOnce {
  readonly method: string;
  readonly params: JsonMembers;
  readonly told?: Told | undefined;
}

/** A call whose server asks. Its client may be answered with the questions, and come back for the result. */
export interface Asking extends RelayTicket {
  readonly server: string;
  readonly request: RelayRequest;
  /** The client's newest request: what it declared, and where it came from. */
  readonly passage: Passage;
  /** Whether a request of the client waits for the result now. */
  readonly hasClient: boolean;
  /** What the client would have had to declare: its answer, if the server cannot go on without. */
  lacking: Fault | undefined;
  /** Why the call must not go on, as policies and lists are now; undefined when it may. */
  recheck(): CounterpartError | undefined;
  /** Called once when the call is over. */
  onEnd: (() => void) | undefined;
  /** Answers the client's request with this result, given as JSON text; the call goes on without a client. */
  detach(resultText: string): void;
  /** A new request of the same client takes the call over, and with it the result, which may be there already. */
  attach(passage: Passage, token: ProgressToken | undefined): void;
}

/** One client request on its way to a server. */
export interface Passage {
  readonly idText: string;
  readonly caller: Caller;
  /** The URL of the gateway it came by. */
  readonly view: ViewSelector;
  readonly channel: ReplyChannel;
  /** Set for a modern client, whose call may be parked. */
  readonly origin?: Origin | undefined;
  readonly ask: Ask;
  /** Set where the server's result holds ids or URIs that have other names in the hub. */
  readonly edit?: ReplyEdit | undefined;
  /** Set where a result may be too large to be given whole. */
  readonly budget?: ResultBudget | undefined;
  /** Told the server's own error, if that is the answer. */
  readonly refused?: ((error: RpcError) => void) | undefined;
  /** JSON text of the `_meta` of the hub's own results. */
  readonly metaText: string;
  /** Called once when nothing more will happen: answered, failed or cancelled. */
  readonly done: () => void;
}
