import type { Blueprint } from '@counterpart/schemas';
import type { ReadableOutcome } from '../answer/exchange.ts';
import type { RawRequest } from '../request/decode-request.ts';

/** Answers a request as the engine reads it: parameters as the JSON body of a POST to the operation's path. */
export type AskEngine = (told: RawRequest) => Promise<ReadableOutcome>;

/** Answers a request of another style than plain HTTP, asking the engine for what is meant. */
export type Dialect = (raw: RawRequest, ask: AskEngine) => Promise<ReadableOutcome>;

/** The style that a service speaks on the wire; undefined for plain HTTP. */
export async function dialectOf(blueprint: Blueprint): Promise<Dialect | undefined> {
  if (blueprint.soap !== undefined) {
    const { soapDialect } = await import('./soap.ts');
    return soapDialect(blueprint, blueprint.soap);
  }
  if (blueprint.rpc === undefined) return undefined;
  const { rpcDialect } = await import('./json-rpc.ts');
  return rpcDialect(blueprint, blueprint.rpc);
}

/** The engine's request for one call. */
export function toldRequest(raw: RawRequest, path: string, value: unknown): RawRequest {
  const headers = new Headers(raw.headers);
  headers.delete('content-length');
  headers.set('content-type', 'application/json');
  headers.set('accept', 'application/json');
  const body = value === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(value));
  if (value === undefined) headers.delete('content-type');
  return { ...raw, method: 'POST', path, query: '', headers, body };
}
