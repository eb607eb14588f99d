import { buildRequest } from '../../../scaffolds/kit/src/interpret/request.ts';
import type { Blueprint, JsonObject, Operation } from '@counterpart/schemas';

/** A request below a service's address. */
export interface Prepared {
  readonly path: string;
  readonly init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    /** Bytes where it is no text. */
    readonly body?: string | Buffer;
  };
}

export const BASE = 'http://service.test';

/** Every credential is configured, every address and limit is the default. */
const env = (name: string): string | undefined => {
  if (/(?:BASE_)?URL$/.test(name)) return BASE;
  return /TIMEOUT|MAX_/.test(name) ? undefined : 'secret';
};

const isText = (headers: Readonly<Record<string, string>>): boolean =>
  Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /json|urlencoded|^text\/|xml/i.test(value),
  );

/** The request of an input; undefined where the kit itself refuses it. */
export function requestOf(
  blueprint: Blueprint,
  operation: Operation,
  input: JsonObject,
): Prepared | undefined {
  try {
    const { servers: _own, ...http } = operation.http;
    const { method, url, headers, body } = buildRequest(
      blueprint,
      { ...operation, http },
      input,
      env,
    ).request;
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const sent = bytes === undefined ? {} : { body: isText(headers) ? bytes.toString() : bytes };
    const init = { method, headers: { ...headers }, ...sent };
    return { path: url.slice(BASE.length), init };
  } catch {
    return undefined;
  }
}
