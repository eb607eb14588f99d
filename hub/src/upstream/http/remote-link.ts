import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { JsonMembers, UpstreamInfo, UpstreamLists } from '../../kernel/ports.ts';
import type { RemoteTarget, UpstreamOptions } from '../options.ts';
import type { RpcSession } from '../rpc/rpc-session.ts';
import type { SessionEvents, SessionOptions } from '../rpc/session-options.ts';
import { publicUrl, type HttpPeer } from './http-exchange.ts';

/** From connecting to the end of the handshake, where nothing else is said. */
export const CONNECT_TIMEOUT_MS = 15_000;
/** One way to speak with a remote server, from its first byte to its loss. Used once. */
export interface RemoteLink {
  readonly session: RpcSession;
  /** Connects and shakes hands; rejects with a CounterpartError, and is then of no use. */
  greet(signal: AbortSignal): Promise<UpstreamInfo>;
  /** Calls come here from now on. */
  opened(info: UpstreamInfo): void;
  /** Lists were read: what the wire must know of them is learned, and what cannot be called over it is left out. */
  accept(lists: UpstreamLists): UpstreamLists;
  /** No new call comes: its streams are closed. */
  drop(): void;
  /** Ends the session at the server, where it has one, and fails what is in flight. */
  close(error: CounterpartError): Promise<void>;
}

/** What a link must tell of itself. */
export interface LinkHooks {
  notification(method: string, params: JsonMembers): void;
  outcome(answered: boolean): void;
  /** The server cannot be reached over this link any more. */
  lost(error: CounterpartError): void;
  /** The server began a new session on the same link. */
  renewed(info: UpstreamInfo): void;
}

export interface LinkParts {
  readonly options: UpstreamOptions;
  readonly target: RemoteTarget;
  readonly peer: HttpPeer;
  /** What is known of its era beforehand; undefined: it is probed. */
  readonly expect: 'legacy' | undefined;
  readonly hooks: LinkHooks;
}

/** What a session over HTTP is made with. */
export function sessionOptions({ options, hooks }: LinkParts): SessionOptions {
  const { id: server, clock, log, redact, limits } = options;
  const events: SessionEvents = {
    notification: (method, params) => hooks.notification(method, params),
    outcome: (answered) => hooks.outcome(answered),
    junk: () => undefined,
  };
  return { server, clock, log, redact, limits, events };
}

export const unreachable = ({ server, url }: HttpPeer, detail: string): CounterpartError =>
  hubError('UPSTREAM_UNREACHABLE', { server, url: publicUrl(url), detail });
