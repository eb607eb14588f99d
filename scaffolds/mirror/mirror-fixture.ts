import type { JsonSchema, ParameterBinding } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect } from 'vitest';
import { createMirror, type MirrorOptions } from './mirror.ts';

type Binding = Blueprint['operations'][number];
/** An operation in its shortest form; used by tests only. */
export type Draft = { readonly [K in keyof Binding['http']]?: Binding['http'][K] | undefined } & {
  readonly name: string;
  readonly input?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly auth?: Binding['auth'];
};
/** What a test sends. */
export type Body = string | URLSearchParams | FormData | Uint8Array<ArrayBuffer>;

/** A blueprint of operations given in their shortest form. */
export function blueprintOf(drafts: readonly Draft[], types: Record<string, JsonSchema> = {}): Blueprint {
  return Blueprint.parse({
    blueprint: 1,
    id: 'zoo',
    title: 'Zoo',
    version: '1',
    source: {
      kind: 'openapi',
      location: 'zoo.json',
      sha256: `sha256-${'0'.repeat(64)}`,
      format: 'openapi 3.1.0',
      reader: 'openapi@1',
    },
    servers: [{ url: 'https://zoo.example/api/v1' }],
    auth: {
      schemes: {
        key: { kind: 'api-key', in: 'query', name: 'api_key' },
        login: { kind: 'basic' },
        oauth: { kind: 'oauth2', flows: {} },
      },
      default: [],
    },
    operations: drafts.map(({ name, input = {}, auth, ...http }) => ({
      name,
      description: name,
      tags: [],
      effect: 'read',
      idempotent: true,
      source: { pointer: '#' },
      input: {
        type: 'object',
        properties: input,
        required: (http.parameters ?? []).filter(({ required }) => required).map(({ key }) => key),
      },
      ...(auth ? { auth } : {}),
      http: { method: 'GET', path: '/', parameters: [], responses: [], accept: [], ...http },
    })),
    types,
    omitted: [],
  });
}

/** An optional query parameter in style form, but for what is given. */
export function parameter(key: string, more: Partial<ParameterBinding> = {}): ParameterBinding {
  return { key, name: key, in: 'query', style: 'form', explode: true, required: false, ...more };
}

/** A recursive type. */
export const ANIMAL: JsonSchema = {
  type: 'object',
  required: ['id', 'name'],
  properties: {
    id: { type: 'integer' },
    name: { type: 'string' },
    kind: { enum: ['cat', 'dog'] },
    friend: { $ref: '#/$defs/Animal' },
  },
};
/** One JSON response. */
export const ok = (schema: JsonSchema): Draft['responses'] => [
  { status: '200', contents: [{ mediaType: 'application/json', schema }] },
];

/** Sends one request to a mirror of its own. */
export async function ask(
  drafts: readonly Draft[],
  path: string,
  init: RequestInit & { options?: MirrorOptions; types?: Record<string, JsonSchema> } = {},
): Promise<{ status: number; headers: Headers; text: string; body: unknown }> {
  const { options, types, ...request } = init;
  const mirror = createMirror(blueprintOf(drafts, types ?? { Animal: ANIMAL }), options);
  const response = await mirror.fetch(new Request(`http://mirror.test${path}`, request));
  const text = await response.text();
  const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
  const body: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, body };
}

/** Any text, any number, or text that matches, as a part of an expected value. */
export const anyText: unknown = expect.any(String);
export const anyNumber: unknown = expect.any(Number);
export const matching = (expression: RegExp): unknown => expect.stringMatching(expression);
