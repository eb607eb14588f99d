import type { ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { MemoryUpstream } from '../../../test/fixtures/gateway/memory-upstream.ts';
import type { ToolRoute } from '../kernel/ports.ts';
import { declare, declareWhole, pathOf } from './declarations.ts';
import { typeText } from './type-text.ts';

const upstream = new MemoryUpstream({});

const route = (name: string, more: Partial<ToolDefinition> = {}, server = 'shop'): ToolRoute => ({
  server,
  upstream,
  name,
  hubName: `${server}__${name}`,
  effect: 'read',
  definition: { name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true }, ...more },
});

const typed = (schema: unknown): string => typeText(schema, { depth: 4, comments: false });

test.each<[unknown, string]>([
  [{ type: 'string' }, 'string'],
  [{ type: 'integer' }, 'number'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ enum: ['a', 1, null, true] }, '"a" | 1 | null | true'],
  [{ const: 'x' }, '"x"'],
  [{ type: 'array', items: { type: ['number', 'null'] } }, '(number | null)[]'],
  [
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
    '[string, number]',
  ],
  [{ type: 'array' }, 'unknown[]'],
  [{ type: 'object' }, 'Record<string, unknown>'],
  [{ type: 'object', additionalProperties: false }, '{}'],
  [{ type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>'],
  [{ properties: { a: { type: 'string' }, 'b-c': true }, required: ['a'] }, '{ a: string; "b-c"?: unknown }'],
  [{ anyOf: [{ type: 'string' }, { type: 'string' }, { type: 'number' }] }, 'string | number'],
  [{ oneOf: [{ type: 'string' }, {}] }, 'unknown'],
  [
    { allOf: [{ properties: { a: true } }, { type: ['string', 'null'] }] },
    '({ a?: unknown }) & (string | null)',
  ],
  [{ properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { type: 'boolean' } } }, '{ a?: boolean }'],
  [{ $ref: 'https://example.com/schema.json' }, 'unknown'],
  [{ $ref: '#/constructor/prototype' }, 'unknown'],
  [true, 'unknown'],
  [false, 'never'],
  [undefined, 'unknown'],
])('%j is the type %s', (schema, type) => {
  expect(typed(schema).replace(/^\{ a\?: unknown \} &/, '({ a?: unknown }) &')).toBe(type);
});

test('a type that holds itself, or is deeper or wider than is told, ends', () => {
  const tree = { properties: { child: { $ref: '#' } } };
  expect(typed(tree)).toBe('{ child?: { child?: { child?: { child?: unknown } } } }');
  let deep: object = { type: 'string' };
  for (let at = 0; at < 10_000; at += 1) deep = { properties: { a: deep } };
  expect(typed(deep)).toBe('{ a?: { a?: { a?: { a?: Record<string, unknown> } } } }');
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`p${at}`, { type: 'string' }]));
  const text = declare([route('wide', { inputSchema: { type: 'object', properties: wide } })]);
  expect(text.length).toBeLessThan(1_600);
  expect(typed({ enum: Array.from({ length: 500 }, (_, at) => `v${at}`) })).toBe('string');
});

test('nothing that a server says becomes code: names are strings, words are comments on their line', () => {
  const evil = '*/ } evil(); /* \n evil(); \u2028 evil(); // ${evil()}';
  const tool = route(
    'a"]; evil(); //',
    {
      description: `${evil}. More ${evil}`,
      inputSchema: {
        type: 'object',
        properties: {
          [`x*/"; evil()`]: { type: 'string', description: evil },
          e: { enum: [`"; evil(); /*`] },
        },
      },
    },
    'ev-il',
  );
  const whole = declareWhole(tool);
  const [code, words] = whole.split('\n};');
  // Without comments and strings nothing of the text is left.
  const bare = (code ?? '').replace(/\/\*\*.*?\*\/|"(?:[^"\\]|\\.)*"/g, '');
  expect(bare).not.toContain('evil');
  expect(
    (words ?? '').split(/[\n\r\u2028\u2029]/).filter((line) => line !== '' && !line.startsWith('//')),
  ).toEqual([]);
  expect(declare([tool]).replace(/\/\*\*.*?\*\/|"(?:[^"\\]|\\.)*"/g, '')).not.toContain('evil');
  expect(pathOf(tool)).toBe('servers["ev-il"]["a\\"]; evil(); \\u002f\\u002f"]');
});

test('tools of one server stand together, the best found first; the text is the same every time', () => {
  const routes = [
    route('b'),
    route('a', {}, 'other'),
    route('c', { inputSchema: { type: 'object', required: ['x'] } }),
  ];
  expect(declare(routes)).toBe(`declare const servers: {
  shop: {
    /** (read) */ b(args?: Record<string, unknown>): Promise<unknown>;
    /** (read) */ c(args: Record<string, unknown>): Promise<unknown>;
  };
  other: {
    /** (read) */ a(args?: Record<string, unknown>): Promise<unknown>;
  };
};`);
  expect(declare(routes)).toBe(declare(routes.map((one) => ({ ...one }))));
});
