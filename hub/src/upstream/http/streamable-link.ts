import { CounterpartError, hubError } from '@counterpart/schemas';
import type { UpstreamInfo, UpstreamLists } from '../../kernel/ports.ts';
import { shakeHands } from '../era.ts';
import { readTools } from '../lists.ts';
import { RpcSession } from '../rpc/rpc-session.ts';
import { exchangeHttp } from './http-exchange.ts';
import { headerParameters, type HeaderParameter } from './http-headers.ts';
import { HttpWire } from './http-wire.ts';
import { OwnStream } from './own-stream.ts';
import {
  CONNECT_TIMEOUT_MS,
  sessionOptions,
  unreachable,
  type LinkParts,
  type RemoteLink,
} from './remote-link.ts';

/** Nobody waits longer for a server to say that it ended a session. */
const FAREWELL_MS = 1_000;

/** Streamable HTTP, of either era: a POST for each message, and for a legacy server a stream of its own. */
export class StreamableLink implements RemoteLink {
  readonly session: RpcSession;
  readonly #parts: LinkParts;
  readonly #wire: HttpWire;
  #isOpen = false;
  #renewing: Promise<void> | undefined;
  readonly #stream: OwnStream;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#wire = new HttpWire(parts.peer, parts.target.headers, {
      clock: parts.options.clock,
      renew: () => this.#renew(),
      unreachable: (error) => {
        if (this.#isOpen) parts.hooks.lost(error);
      },
    });
    this.session = new RpcSession(sessionOptions(parts), this.#wire);
    this.#wire.attach(this.session);
    this.#stream = new OwnStream({
      clock: parts.options.clock,
      wire: this.#wire,
      message: (frame) => this.session.receive(frame),
    });
  }

  async greet(signal: AbortSignal): Promise<UpstreamInfo> {
    const { options, expect } = this.#parts;
    const { id: server, declare = {}, clock } = options;
    try {
      const info = await shakeHands(this.session, { server, expect, declare, clock, signal });
      // Without the schemas the first calls would lack headers that a modern server insists on.
      if (info.era === 'modern' && info.capabilities['tools'] !== undefined)
        this.#wire.learn(this.#withHeaders(await readTools(this.session, signal)).known);
      return info;
    } catch (thrown) {
      this.#wire.close();
      throw withStatus(thrown, this.#wire.refusedWith);
    }
  }

  opened({ era }: UpstreamInfo): void {
    this.#isOpen = true;
    if (era === 'legacy') this.#stream.open();
  }

  /** Tools whose header annotations break the rules cannot be called over HTTP; they are left out and logged. */
  accept(lists: UpstreamLists): UpstreamLists {
    if (this.session.era !== 'modern') return lists;
    const { known, tools } = this.#withHeaders(lists.tools);
    this.#wire.learn(known);
    return { ...lists, tools };
  }

  drop(): void {
    this.#isOpen = false;
    this.#stream.close();
  }

  async close(error: CounterpartError): Promise<void> {
    this.drop();
    await this.#endSession();
    this.#wire.close();
    this.session.failAll(error);
  }

  /** A new session on the same wire, for requests that the server refused because the old session is gone. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#initializeAnew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #initializeAnew(): Promise<void> {
    const { options, target, peer, hooks } = this.#parts;
    if (!this.#isOpen) throw unreachable(peer, 'the connection was replaced');
    this.#wire.forgetSession();
    const { id: server, declare = {}, clock } = options;
    const signal = AbortSignal.timeout(target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
    // What is called meanwhile belongs to the new session, too.
    const release = this.#wire.hold();
    try {
      const info = await shakeHands(this.session, { server, expect: 'legacy', declare, clock, signal });
      this.#stream.close();
      if (info.era === 'legacy') this.#stream.open();
      hooks.renewed(info);
    } finally {
      release();
    }
  }

  /** Ends the legacy session at the server, which may not support it; nobody waits long for it. */
  #endSession(): Promise<void> {
    const wire = this.#wire;
    if (wire.sessionId === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => resolve();
      const message = { method: 'DELETE', headers: wire.common() } as const;
      const events = { message: done, ended: done, refused: done, failed: done };
      const request = exchangeHttp(wire.peer, message, events);
      request.setTimeout(FAREWELL_MS, () => request.destroy());
    });
  }

  #withHeaders(tools: UpstreamLists['tools']) {
    const { id: server, log } = this.#parts.options;
    const known = new Map<string, readonly HeaderParameter[]>();
    const kept = tools.filter((tool) => {
      const parameters = headerParameters(tool);
      if (parameters && parameters.length > 0) known.set(tool.name, parameters);
      if (!parameters)
        log.warn({ server, tool: tool.name }, 'a tool with an invalid x-mcp-header was left out');
      return parameters !== undefined;
    });
    return { known, tools: kept };
  }
}

/** The same problem with the HTTP status under which the server told it, for those who decide by it. */
function withStatus(thrown: unknown, status: number | undefined): unknown {
  if (status === undefined || !(thrown instanceof CounterpartError)) return thrown;
  return hubError(thrown.code, { ...thrown.params, status }, { cause: thrown });
}
