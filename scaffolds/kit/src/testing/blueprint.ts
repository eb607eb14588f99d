import type { Blueprint, HttpBinding, Operation, ParameterBinding } from '@counterpart/schemas';

/** A blueprint for tests: no operations, no servers, whatever `parts` say. */
export function blueprintOf(parts: Omit<Partial<Blueprint>, 'id'> = {}): Blueprint {
  return {
    blueprint: 1,
    id: 'tiny' as Blueprint['id'],
    title: 'Tiny',
    version: '1',
    source: {
      kind: 'openapi',
      location: 'tiny.json',
      sha256: `sha256-${'0'.repeat(64)}`,
      format: 'openapi 3.1.0',
      reader: 'openapi@1',
    },
    servers: [{ url: 'https://api.example.test/v1' }],
    auth: { schemes: {}, default: [] },
    operations: [],
    types: {},
    omitted: [],
    ...parts,
  };
}

/** An operation for tests: a GET without input, whatever `parts` and `http` say. */
export function operationOf(http: Partial<HttpBinding> = {}, parts: Partial<Operation> = {}): Operation {
  return {
    name: 'do_it',
    description: 'Does it.',
    tags: [],
    effect: 'read',
    idempotent: true,
    source: { pointer: '#/paths/~1it/get' },
    input: { type: 'object' },
    http: {
      method: 'GET',
      path: '/it',
      parameters: [],
      responses: [],
      accept: ['application/json'],
      ...http,
    },
    ...parts,
  };
}

/** A parameter for tests: an optional query value in the default style of its place. */
export function parameterOf(key: string, parts: Partial<ParameterBinding> = {}): ParameterBinding {
  const place = parts.in ?? 'query';
  const style = place === 'query' || place === 'cookie' ? 'form' : 'simple';
  return { key, name: key, in: place, style, explode: style === 'form', required: false, ...parts };
}
