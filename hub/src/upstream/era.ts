import { CounterpartError, hubError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { Era, JsonMembers, UpstreamInfo } from '../kernel/ports.ts';
import type { UpstreamOptions } from './options.ts';
import { isMembers, membersOf } from '../kernel/protocol/members.ts';
import { RpcFailure } from './rpc-failure.ts';
import type { RpcSession } from './rpc/rpc-session.ts';
import { HUB_CALLER, HUB_INFO, LEGACY_VERSIONS, MODERN_VERSION, modernMeta } from './rpc/stamps.ts';

/** A server silent for this long is sent `initialize` too: some ignore whatever comes before it. */
const PROBE_PATIENCE_MS = 3_000;
/** A verdict older than this is probed again. */
const VERDICT_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The caller's signal ends a handshake; this only keeps a short call limit from ending it sooner. */
const LONGEST_HANDSHAKE_MS = 600_000;

const SERVER_INFO_KEY = 'io.modelcontextprotocol/serverInfo';

export interface HandshakeOptions {
  readonly server: string;
  /** What is known beforehand; undefined: probe. */
  readonly expect: Era | undefined;
  /** Client capabilities told to a legacy server. */
  readonly declare: JsonMembers;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The stored verdict while it is fresh. */
export const presumedEra = ({ prior, clock }: Pick<UpstreamOptions, 'prior' | 'clock'>): Era | undefined =>
  prior && clock.now() - prior.at < VERDICT_LIFETIME_MS ? prior.info.era : undefined;

/** Only a legacy verdict saves anything: a server known to be modern is greeted with the probe itself. */
export const legacyOnly = (era: Era | undefined): 'legacy' | undefined =>
  era === 'legacy' ? era : undefined;

/**
 * Learns a server's era and what it says of itself, on one connection, without starting it twice. A DiscoverResult or an
 * error that only the modern revision has means modern; any other answer, or silence, means `initialize` (2026-07-28, stdio).
 */
export async function shakeHands(session: RpcSession, options: HandshakeOptions): Promise<UpstreamInfo> {
  const info =
    options.expect === 'legacy' ? await legacyFirst(session, options) : await modernFirst(session, options);
  session.adopt(info);
  if (info.era === 'legacy') session.notify('notifications/initialized');
  return info;
}

async function legacyFirst(session: RpcSession, options: HandshakeOptions): Promise<UpstreamInfo> {
  try {
    return await initialize(session, options);
  } catch (thrown) {
    // The stored verdict may be of an older version of this server.
    if (!(thrown instanceof RpcFailure)) throw asProtocolError(options.server, thrown);
    return await modernFirst(session, { ...options, expect: 'modern' });
  }
}

async function modernFirst(session: RpcSession, options: HandshakeOptions): Promise<UpstreamInfo> {
  const giveUp = new AbortController();
  const probe = discover(session, { ...options, signal: AbortSignal.any([options.signal, giveUp.signal]) });
  try {
    return await (options.expect === 'modern' ? probe : probedInfo(session, probe, options));
  } catch (thrown) {
    throw asProtocolError(options.server, thrown);
  } finally {
    giveUp.abort(hubError('UPSTREAM_LOST', { server: options.server, detail: 'the probe was given up' }));
  }
}

async function probedInfo(
  session: RpcSession,
  probe: Promise<UpstreamInfo>,
  options: HandshakeOptions,
): Promise<UpstreamInfo> {
  const first = await firstWord(probe, options.clock);
  if (first.kind === 'value') return first.value;
  if (first.kind === 'failed' && !meansLegacy(first.reason)) throw first.reason;
  try {
    // Whichever is understood first: a modern server that was merely slow answers the probe, not `initialize`.
    return await Promise.any([probe, initialize(session, options)]);
  } catch (thrown) {
    const reasons: unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
    throw reasons.at(-1);
  }
}

async function discover(session: RpcSession, options: HandshakeOptions): Promise<UpstreamInfo> {
  const params = { _meta: modernMeta(undefined, HUB_CALLER) };
  const result = await session.request('server/discover', params, {
    signal: options.signal,
    timeoutMs: LONGEST_HANDSHAKE_MS,
  });
  const versions = result['supportedVersions'];
  if (!Array.isArray(versions) || !versions.includes(MODERN_VERSION)) {
    throw new RpcFailure({ code: -32601, message: `it does not offer revision ${MODERN_VERSION}` });
  }
  const serverInfo = membersOf(result['_meta'])[SERVER_INFO_KEY];
  return described('modern', MODERN_VERSION, result, serverInfo);
}

async function initialize(session: RpcSession, options: HandshakeOptions): Promise<UpstreamInfo> {
  const params = { protocolVersion: LEGACY_VERSIONS[0], capabilities: options.declare, clientInfo: HUB_INFO };
  const result = await session.request('initialize', params, {
    signal: options.signal,
    timeoutMs: LONGEST_HANDSHAKE_MS,
  });
  const version = result['protocolVersion'];
  if (typeof version !== 'string' || !LEGACY_VERSIONS.includes(version)) {
    const detail = `it answers initialize with protocol version ${JSON.stringify(version)}, which this hub does not speak`;
    throw hubError('UPSTREAM_PROTOCOL', { server: options.server, detail });
  }
  return described('legacy', version, result, result['serverInfo']);
}

function described(
  era: Era,
  protocolVersion: string,
  result: JsonMembers,
  serverInfo: unknown,
): UpstreamInfo {
  const { instructions } = result;
  return {
    era,
    protocolVersion,
    capabilities: membersOf(result['capabilities']),
    ...(isMembers(serverInfo) ? { serverInfo } : {}),
    ...(typeof instructions === 'string' ? { instructions } : {}),
  };
}

type FirstWord =
  | { readonly kind: 'value'; readonly value: UpstreamInfo }
  | { readonly kind: 'failed'; readonly reason: unknown }
  | { readonly kind: 'silent' };

function firstWord(probe: Promise<UpstreamInfo>, clock: Clock): Promise<FirstWord> {
  return new Promise((resolve) => {
    const stop = clock.after(PROBE_PATIENCE_MS, () => resolve({ kind: 'silent' }));
    const settle = (word: FirstWord): void => {
      stop();
      resolve(word);
    };
    probe.then(
      (value) => settle({ kind: 'value', value }),
      (reason: unknown) => settle({ kind: 'failed', reason }),
    );
  });
}

/** Codes that only a modern server has: it is modern, and falling back would hide what it objects to. */
const isModernRefusal = (failure: RpcFailure): boolean => failure.code <= -32020 && failure.code >= -32022;

/** HTTP statuses that say nothing of the era: credentials, load, or a server in trouble. */
const INCONCLUSIVE = new Set([401, 403, 407, 408, 425, 429]);

/** A JSON-RPC error of any other code, or an HTTP refusal of the request as such, is a legacy server's answer. */
function meansLegacy(reason: unknown): boolean {
  if (reason instanceof RpcFailure) return !isModernRefusal(reason);
  if (!(reason instanceof CounterpartError)) return false;
  if (reason.code === 'CALL_TIMEOUT') return true;
  return refusesRequest(reason.params['status']);
}

/** Whether an HTTP status says that the server does not know such a request, rather than who may send it or when. */
export const refusesRequest = (status: unknown): boolean =>
  typeof status === 'number' && status >= 400 && status < 500 && !INCONCLUSIVE.has(status);

function asProtocolError(server: string, reason: unknown): CounterpartError {
  if (reason instanceof CounterpartError) return reason;
  const said = reason instanceof Error ? reason.message : String(reason);
  const detail = `its answer to the handshake was an error: ${said}`;
  return hubError('UPSTREAM_PROTOCOL', { server, detail }, { cause: reason });
}
