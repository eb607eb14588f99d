import { isMembers, type Members } from '../json-value.ts';
import { callText, discoverText, initializeText, listText, resourcesText } from './answers.ts';
import { envelopeMissing, eraOf, SUBSCRIPTION_ID_KEY, type Era } from './era.ts';
import { InFlight, type Call } from './in-flight.ts';
import type { CallRequest, Offer } from './offer.ts';
import { errorLine, notificationLine, parseMessage, resultLine, RPC, RpcError } from './rpc.ts';
import type { JsonText, RpcId } from './rpc.ts';

const MOST_IN_FLIGHT = 1_000;

type Write = (...line: JsonText) => void;
type Request = { readonly id: RpcId; readonly method: string; readonly params: Members };

/** A progress function for one call: silent without a token, once the call is over, or when progress does not grow. */
function progressOf(params: Members, isOpen: () => boolean, write: Write): CallRequest['progress'] {
  const meta = params['_meta'];
  const token = isMembers(meta) ? meta['progressToken'] : undefined;
  let last = Number.NEGATIVE_INFINITY;
  return (done, total, message) => {
    if (token === undefined || done <= last || !isOpen()) return;
    last = done;
    const said = { ...(total === undefined ? {} : { total }), ...(message === undefined ? {} : { message }) };
    write(notificationLine('notifications/progress', { progressToken: token, progress: done, ...said }));
  };
}

const toRpcError = (error: unknown): RpcError =>
  error instanceof RpcError
    ? error
    : new RpcError(RPC.internal, error instanceof Error ? error.message : String(error));

/** Speaks both eras of MCP over lines: a request says its era itself, or belongs to the handshake before it. */
export class Session {
  readonly #offer: Offer;
  readonly #write: Write;
  readonly #inFlight = new InFlight();
  readonly #subscriptions = new Set<RpcId>();
  #shaken: boolean;

  /** `write` gets one message a call, in pieces, without the line's end. `shaken`: the handshake was elsewhere. */
  constructor(offer: Offer, write: Write, shaken = false) {
    this.#offer = offer;
    this.#write = write;
    this.#shaken = shaken;
  }

  /** One line as it was read. Never throws. */
  receive(line: string): void {
    const message = parseMessage(line);
    if (message.kind === 'request') void this.#serve(message);
    else if (message.kind === 'invalid') this.#write(errorLine(message.id, message));
    else if (message.kind === 'notification' && message.method === 'notifications/cancelled')
      this.#cancel(message.params);
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#inFlight.idle();
  }

  /** Ends subscriptions and aborts what is in flight. */
  close(): void {
    for (const id of this.#subscriptions) {
      const end = { resultType: 'complete', _meta: { [SUBSCRIPTION_ID_KEY]: id } };
      this.#write(...resultLine(id, [JSON.stringify(end)]));
    }
    this.#subscriptions.clear();
    this.#inFlight.abortAll();
  }

  async #serve(request: Request): Promise<void> {
    const refusal = this.#refusal(request.id);
    if (refusal) return this.#write(errorLine(request.id, refusal));
    const call = this.#inFlight.begin(request.id);
    let line: JsonText | undefined;
    try {
      const text = await this.#answer(request, call);
      line = text === undefined ? undefined : resultLine(request.id, text);
    } catch (error) {
      line = [errorLine(request.id, toRpcError(error))];
    }
    this.#inFlight.end(call);
    // A cancelled request is not answered (basic/patterns/cancellation).
    if (line !== undefined && !call.cancelled) this.#write(...line);
  }

  #refusal(id: RpcId): RpcError | undefined {
    if (this.#inFlight.has(id) || this.#subscriptions.has(id)) {
      return new RpcError(RPC.invalidRequest, 'A request with this id is in flight.');
    }
    const busy = this.#inFlight.size + this.#subscriptions.size >= MOST_IN_FLIGHT;
    return busy ? new RpcError(RPC.internal, `Busy: ${MOST_IN_FLIGHT} requests are in flight.`) : undefined;
  }

  async #answer({ id, method, params }: Request, call: Call): Promise<JsonText | undefined> {
    if (method === 'initialize') {
      this.#shaken = true;
      return initializeText(this.#offer, params);
    }
    const era = eraOf(params);
    if (era === 'legacy' && method === 'ping') return ['{}'];
    if (era === 'legacy' && !this.#shaken) throw envelopeMissing();
    if (method === 'tools/list') return listText(this.#offer, era, params);
    if (method === 'tools/call') return this.#call(era, params, call);
    if (era === 'modern' && method === 'server/discover') return discoverText(this.#offer);
    if (era === 'modern' && method === 'subscriptions/listen') return this.#listen(id);
    const resources = resourcesText(this.#offer, era, method, params);
    if (resources !== undefined) return resources;
    throw new RpcError(RPC.unknownMethod, `Unknown method: ${method}`);
  }

  #call(era: Era, params: Members, call: Call): Promise<JsonText> {
    const progress = progressOf(params, () => this.#inFlight.isOpen(call), this.#write);
    return callText(this.#offer, era, params, { signal: call.controller.signal, progress });
  }

  /** Nothing here ever changes, so no notification is honoured; the stream stays open until one side ends it. */
  #listen(id: RpcId): undefined {
    this.#subscriptions.add(id);
    const params = { notifications: {}, _meta: { [SUBSCRIPTION_ID_KEY]: id } };
    this.#write(notificationLine('notifications/subscriptions/acknowledged', params));
    return undefined;
  }

  #cancel({ requestId }: Members): void {
    if (typeof requestId !== 'string' && typeof requestId !== 'number') return;
    this.#subscriptions.delete(requestId);
    this.#inFlight.cancel(requestId);
  }
}
