import type { HttpBinding } from '@counterpart/schemas';
import { parseJson } from '../json-value.ts';
import type { HttpCall } from '../http/client.ts';
import type { Arguments } from '../tools/tool.ts';
import { bindInput } from './request.ts';

/**
 * The call that carries an input as this binding says, for the context's `http`: the same method, path, headers and
 * body as a compiled operation sends. Address and credentials are not part of it; `http` adds them.
 */
export function toHttpCall(binding: HttpBinding, input: Readonly<Record<string, unknown>>): HttpCall {
  // Through JSON, because members that are undefined were not given.
  const args = parseJson(JSON.stringify(input)) as Arguments;
  const { method, target, headers, body } = bindInput(binding, args);
  return { method, path: target, headers, ...(body === undefined ? {} : { body }) };
}
