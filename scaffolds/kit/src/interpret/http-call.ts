import { ServerId, type HttpBinding, type Operation } from '@counterpart/schemas';
import type { HttpCall } from '../http/client.ts';
import type { Arguments } from '../tool.ts';
import { buildRequest } from './request.ts';

/** Stands in for the service's address, which the context's `http` knows. */
const ORIGIN = 'http://service.invalid';

/**
 * The call that carries an input as this binding says, for the context's `http`: the same method, path, headers and
 * body as a compiled operation sends. Address and credentials are not part of it; `http` adds them.
 */
export function toHttpCall(binding: HttpBinding, input: Readonly<Record<string, unknown>>): HttpCall {
  // Through JSON, because members that are undefined were not given.
  const args = JSON.parse(JSON.stringify(input)) as Arguments;
  const { servers: _unused, ...http } = binding;
  const { request } = buildRequest(SERVICE, { ...OPERATION, http }, args, () => undefined);
  const { method, url, headers, body } = request;
  return { method, path: url.slice(ORIGIN.length), headers, ...(body === undefined ? {} : { body }) };
}

const SERVICE = {
  blueprint: 1 as const,
  id: ServerId.parse('service'),
  title: '',
  version: '',
  source: { kind: 'openapi' as const, location: '', sha256: '', format: '', reader: '' },
  servers: [{ url: ORIGIN }],
  auth: { schemes: {}, default: [] },
  operations: [],
  types: {},
  omitted: [],
};

const OPERATION: Omit<Operation, 'http'> = {
  name: 'call',
  description: '',
  tags: [],
  effect: 'write',
  idempotent: false,
  source: { pointer: '#' },
  input: true,
  auth: [],
};
