import type {
  Caller,
  JsonMembers,
  RawReply,
  RelayReply,
  RelayRequest,
  RelaySink,
  RelayTicket,
} from '../../kernel/ports.ts';
import { extensions, withoutExtension } from '../../kernel/protocol/extensions.ts';
import type { Instance } from './instances.ts';

/** One call on an instance of its own or of its session: passes everything on, and says once when it is over. */
export class LeasedCall implements RelaySink, RelayTicket {
  readonly caller: Caller;
  readonly #sink: RelaySink;
  readonly #over: () => void;
  #ticket: RelayTicket | undefined;
  #isOver = false;

  constructor(sink: RelaySink, over: () => void) {
    this.caller = withoutTasks(sink.caller);
    this.#sink = sink;
    this.#over = over;
  }

  forward({ upstream }: Instance, request: RelayRequest): this {
    this.#ticket = upstream.forward(request, this);
    return this;
  }

  begin(head: RawReply): ((part: Buffer) => void) | undefined {
    return this.#sink.begin?.(head);
  }

  settle(reply: RelayReply): void {
    this.#end();
    this.#sink.settle(reply);
  }

  notify(method: string, params: JsonMembers): void {
    this.#sink.notify(method, params);
  }

  ask(...question: Parameters<RelaySink['ask']>): Promise<JsonMembers> {
    return this.#sink.ask(...question);
  }

  cancel(reason?: string): void {
    this.#ticket?.cancel(reason);
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over();
  }
}

/** A process that ends with this call can keep no task for later. */
function withoutTasks(caller: Caller): Caller {
  const capabilities = withoutExtension(caller.capabilities, extensions.tasks);
  return capabilities === caller.capabilities ? caller : { ...caller, capabilities };
}
