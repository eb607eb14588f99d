import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type {
  CallOutcome,
  CallPolicy,
  Caller,
  Catalog,
  JsonMembers,
  RawReply,
  RelayReply,
  RelayRequest,
  RelaySink,
  RelayTicket,
  ToolCall,
  Upstream,
} from '../../kernel/ports.ts';
import { OWNER } from '../../kernel/audit/principal.ts';
import { unknownTool } from '../../kernel/tools/unknown-tool.ts';
import { unknownView } from '../../kernel/tools/unknown-view.ts';
import { SignWatch, signsOf } from './call-signs.ts';
import { inputRequestOf } from './input-rounds.ts';

const NOTHING_TO_CANCEL: RelayTicket = { cancel: () => undefined };

/** The one place from which requests of clients reach a server; no tool is called but through it (`test/architecture.test.ts`). */
export class ToolGate {
  readonly #policy: CallPolicy;
  readonly #clock: Clock;
  readonly #catalog: Pick<Catalog, 'view'>;

  constructor(policy: CallPolicy, clock: Clock, catalog: Pick<Catalog, 'view'>) {
    this.#policy = policy;
    this.#clock = clock;
    this.#catalog = catalog;
  }

  /** Why a call that was let go must not go on: asked when its server was started for it, and when its client comes back. */
  recheck(call: ToolCall): CounterpartError | undefined {
    const { view: selector, route } = call;
    const view = this.#catalog.view(selector);
    if (!view) return unknownView(selector);
    const name = selector.kind === 'server' ? route.name : route.hubName;
    const current = view.tool(name) ?? view.unlisted(name);
    return current ? this.#policy.check?.({ ...call, route: current }) : unknownTool(view, name);
  }

  /** Forwards what the policy allows; what it denies is settled with its error before this returns. `call` says which tool is called. */
  forward(
    upstream: Upstream,
    request: RelayRequest,
    sink: RelaySink,
    call: ToolCall | undefined,
  ): RelayTicket {
    if (!call) {
      if (request.method !== 'tools/call') return upstream.forward(request, sink);
      return refuse(
        sink,
        hubError('INTERNAL', { detail: 'a tool was to be called that no policy had seen' }),
      );
    }
    const denied = this.#policy.check?.(call);
    if (denied) return refuse(sink, denied);
    const { principal } = call;
    const recheck = () => this.recheck(call);
    const checked = principal === OWNER ? { ...request, recheck } : { ...request, recheck, principal };
    if (!this.#policy.observe) return upstream.forward(checked, sink);
    return this.#watched(upstream, checked, sink, call);
  }

  #watched(upstream: Upstream, request: RelayRequest, sink: RelaySink, call: ToolCall): RelayTicket {
    const began = this.#clock.now();
    const observed = new ObservedSink(sink, (end) =>
      this.#policy.observe?.(call, { ...end, durationMs: this.#clock.now() - began }),
    );
    const ticket = upstream.forward(request, observed);
    return {
      cancel(reason) {
        observed.end({ kind: 'cancelled' });
        ticket.cancel(reason);
      },
    };
  }
}

function refuse(sink: RelaySink, error: CounterpartError): RelayTicket {
  sink.settle({ kind: 'failure', error });
  return NOTHING_TO_CANCEL;
}

/** Passes everything on and tells once how the call ended. */
class ObservedSink implements RelaySink {
  readonly #sink: RelaySink;
  #tell: ((end: Omit<CallOutcome, 'durationMs'>) => void) | undefined;
  /** Set for an answer that passes as it comes. */
  #watch: SignWatch | undefined;

  constructor(sink: RelaySink, tell: (end: Omit<CallOutcome, 'durationMs'>) => void) {
    this.#sink = sink;
    this.#tell = tell;
  }

  get caller(): Caller {
    return this.#sink.caller;
  }

  begin(head: RawReply): ((part: Buffer) => void) | undefined {
    const pass = this.#sink.begin?.(head);
    if (!pass) return undefined;
    const watch = new SignWatch();
    this.#watch = watch;
    watch.see(head.frame);
    return (part) => {
      watch.see(part);
      pass(part);
    };
  }

  settle(reply: RelayReply): void {
    this.#sink.settle(reply);
    const isPlain = reply.kind === 'frame' && this.#watch?.seen === false;
    this.end(isPlain ? { kind: 'ok' } : outcomeOf(reply));
  }

  notify(method: string, params: JsonMembers): void {
    this.#sink.notify(method, params);
  }

  ask(...question: Parameters<RelaySink['ask']>): Promise<JsonMembers> {
    return this.#sink.ask(...question);
  }

  end(end: Omit<CallOutcome, 'durationMs'>): void {
    const tell = this.#tell;
    this.#tell = undefined;
    tell?.(end);
  }
}

function outcomeOf(reply: RelayReply): Omit<CallOutcome, 'durationMs'> {
  if (reply.kind === 'failure') return { kind: 'failed', code: reply.error.code };
  if (reply.isError) return { kind: 'refused' };
  if (inputRequestOf(reply)) return { kind: 'asked' };
  return signsOf(reply);
}
