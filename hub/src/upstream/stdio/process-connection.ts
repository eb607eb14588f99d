import { CounterpartError, hubError } from '@counterpart/schemas';
import type {
  ChildIo,
  Era,
  JsonMembers,
  ProcessProtocol,
  ProcessSnapshot,
  Supervised,
  UpstreamInfo,
  UpstreamLists,
} from '../../kernel/ports.ts';
import type { Connection, ConnectionEvents } from '../connection.ts';
import { legacyOnly, presumedEra, shakeHands, type HandshakeOptions } from '../era.ts';
import { readTools, verifyTools } from '../lists.ts';
import { membersOf, parseJson } from '../../kernel/protocol/members.ts';
import type { ProcessTarget, UpstreamOptions } from '../options.ts';
import { RpcFailure } from '../rpc-failure.ts';
import type { RpcSession } from '../rpc/rpc-session.ts';
import { StdioLink } from './stdio-link.ts';

/** Lines that are no MCP before a handshake is given up; a frame inside such a line ends it at once. */
const MOST_JUNK_LINES = 200;
/** Part of the start time after which a server that wrote only such lines is told so, before it merely counts as silent. */
const PATIENCE_WITH_JUNK = 0.8;

/** A server that the supervisor runs for us; one link for each life of its process. */
export class ProcessConnection implements Connection, ProcessProtocol {
  readonly process: Supervised;
  readonly #options: UpstreamOptions;
  readonly #events: ConnectionEvents;
  readonly #startTimeoutMs: number;
  /** The running process; calls go there only once it is `#open`. */
  #link: StdioLink | undefined;
  #open = false;
  #failed = false;
  #era: Era | undefined;

  constructor(target: ProcessTarget, options: UpstreamOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#era = presumedEra(options);
    this.#startTimeoutMs = target.spec.startTimeoutMs;
    this.process = target.supervisor.supervise(target.spec, this);
  }

  get session(): RpcSession | undefined {
    return this.#open && this.#link?.takesCalls === true ? this.#link.session : undefined;
  }

  get snapshot(): ProcessSnapshot {
    return this.process.snapshot;
  }

  async ready(): Promise<RpcSession> {
    // A process that is dying still counts as ready until its end is seen.
    if (this.#link?.ending === true) await this.#link.closed;
    await this.process.ready();
    const { session } = this;
    if (!session)
      throw hubError('UPSTREAM_LOST', { server: this.#options.id, detail: 'it ended right after its start' });
    return session;
  }

  touch(): void {
    this.process.touch();
  }

  observe(answered: boolean): void {
    // The supervisor counts failures; a success matters to it only after one.
    if (answered && !this.#failed) return;
    this.#failed = !answered;
    this.process.observe(answered);
  }

  accept(lists: UpstreamLists): UpstreamLists {
    return lists;
  }

  close(): Promise<void> {
    return this.process.remove();
  }

  async handshake(child: ChildIo, signal: AbortSignal): Promise<void> {
    const { id, clock, log, redact, limits } = this.#options;
    const hopeless = new AbortController();
    const events = {
      notification: (method: string, params: JsonMembers) => this.#events.notification(method, params),
      outcome: (answered: boolean) => this.observe(answered),
      junk: (line: Buffer, lines: number) => {
        if (lines > MOST_JUNK_LINES || wrapsFrame(line)) hopeless.abort();
      },
    };
    let isMute = false;
    const link = new StdioLink(child, { server: id, clock, log, redact, limits, events }, () => {
      if (this.#open) return this.#discard(link);
      // The start has failed and counts as such: it was not stopped by anybody's wish.
      isMute = true;
      hopeless.abort();
    });
    this.#link = link;
    const stop = clock.after(this.#startTimeoutMs * PATIENCE_WITH_JUNK, () => {
      if (link.session.junk) hopeless.abort();
    });
    try {
      const info = await this.#greet(link.session, AbortSignal.any([signal, hopeless.signal]));
      this.#era = info.era;
      this.#open = true;
      this.#events.opened(link.session, info);
    } catch (thrown) {
      throw explained(id, link.session, isMute ? muteAtStart(id, thrown) : thrown);
    } finally {
      stop();
    }
  }

  async probe(signal: AbortSignal): Promise<void> {
    const { session } = this;
    if (!session) return;
    const method = session.era === 'modern' ? 'server/discover' : 'ping';
    await session.request(method, {}, { signal }).catch((thrown: unknown) => {
      // Whoever says that it knows no such request is alive; many servers written by hand do.
      if (!(thrown instanceof RpcFailure)) throw thrown;
    });
  }

  lost(reason: CounterpartError): void {
    const wasOpen = this.#open;
    this.#open = false;
    const { id } = this.#options;
    const error =
      reason.code === 'UPSTREAM_LOST'
        ? reason
        : hubError('UPSTREAM_LOST', { server: id, detail: reason.message });
    this.#link?.close(error);
    this.#link = undefined;
    if (wasOpen) this.#events.lost();
  }

  strayWords(): string {
    const said = this.#link && begins(this.#link.session);
    return said === undefined ? '' : `; ${said}`;
  }

  inFlight(): number {
    return (this.#link?.session.inFlight ?? 0) + this.#events.waiting();
  }

  /** It closed its output and lives on, deaf and dumb: it is stopped, and the next call starts it anew. */
  #discard(link: StdioLink): void {
    const { id, log } = this.#options;
    link.close(hubError('UPSTREAM_LOST', { server: id, detail: 'it closed its standard output' }));
    this.process
      .stop()
      .catch((thrown: unknown) =>
        log.warn({ server: id, err: thrown }, 'a silent process could not be stopped'),
      );
  }

  async #greet(session: RpcSession, signal: AbortSignal): Promise<UpstreamInfo> {
    const { id, kind, declare = {}, clock, expectTools } = this.#options;
    const expect = kind === 'built' ? 'modern' : legacyOnly(this.#era);
    const options: HandshakeOptions = { server: id, expect, declare, clock, signal };
    const info = await shakeHands(session, options);
    if (expectTools) verifyTools(id, await readTools(session, signal), expectTools);
    return info;
  }
}

const muteAtStart = (server: string, cause: unknown): CounterpartError =>
  hubError(
    'SERVER_START_FAILED',
    { server, detail: 'it closed its standard output before it had answered the handshake' },
    { cause },
  );

/** A frame behind a prefix, such as a logger's: every answer will look like this. */
function wrapsFrame(line: Buffer): boolean {
  const start = line.indexOf('{"');
  return start > 0 && 'jsonrpc' in membersOf(parseJson(line.subarray(start))?.value);
}

/** A server that talks on its standard output fails in many ways; the first such line says why better than any of them. */
function explained(server: string, session: RpcSession, thrown: unknown): unknown {
  const detail = begins(session);
  if (detail === undefined || (thrown instanceof CounterpartError && thrown.code === 'SERVER_MISMATCH'))
    return thrown;
  return hubError('UPSTREAM_PROTOCOL', { server, detail }, { cause: thrown });
}

/** What a server wrote to standard output before it spoke the protocol; undefined when it did not. */
function begins({ junk }: RpcSession): string | undefined {
  if (!junk) return undefined;
  const more = junk.lines > 1 ? ` and ${junk.lines - 1} more lines` : '';
  return `its standard output, which belongs to the protocol, begins with ${junk.first}${more}`;
}
