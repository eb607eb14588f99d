import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from './define-tool.ts';
import { ToolFailure } from '../failure.ts';
import type { ToolContext } from './tool.ts';

const context = {} as ToolContext;

const forecast = defineTool({
  name: 'get_forecast',
  title: 'Weather forecast',
  description: 'Daily forecast. °C.',
  effect: 'read',
  input: z.strictObject({
    city: z.string().min(1).describe('Such as Oslo'),
    days: z.int().min(1).max(7).default(3),
    at: z.object({ lat: z.number() }).optional(),
  }),
  output: z.strictObject({ city: z.string(), days: z.array(z.number()) }),
  examples: [{ city: 'Oslo' }],
  run({ city, days }) {
    if (city === 'Atlantis') throw new ToolFailure('There is no Atlantis.', { nextStep: 'Try Oslo.' });
    return { city, days: Array.from({ length: days }, (_, day) => day) };
  },
});

describe('a hand-written tool', () => {
  test('shows its schemas, examples and effect', () => {
    expect(forecast.definition).toMatchObject({
      name: 'get_forecast',
      inputSchema: {
        type: 'object',
        required: ['city'],
        additionalProperties: false,
        examples: [{ city: 'Oslo' }],
        properties: { days: { type: 'integer', default: 3 } },
      },
      outputSchema: { type: 'object', required: ['city', 'days'] },
      annotations: {
        title: 'Weather forecast',
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: true,
      },
    });
  });

  test('gets typed input with defaults, and answers as text and structure', async () => {
    expect(await forecast.call({ city: 'Oslo' }, context)).toEqual({
      content: [{ type: 'text', text: '{"city":"Oslo","days":[0,1,2]}' }],
      structuredContent: { city: 'Oslo', days: [0, 1, 2] },
    });
  });

  test('refuses wrong input with the field, what is expected and what was found', async () => {
    const result = await forecast.call({ city: '', days: '3', at: { lat: 'x' }, when: 'now' }, context);
    expect(result.isError).toBe(true);
    const [item] = result.content;
    expect(item?.type === 'text' ? item.text.split('\n') : []).toEqual([
      'Invalid arguments for get_forecast:',
      'when: unknown argument; this tool takes city, days, at',
      'city: Too small: expected string to have >=1 characters, found ""',
      'days: Invalid input: expected number, received string, found "3"',
      'at.lat: Invalid input: expected number, received string, found "x"',
    ]);
  });

  test('unknown arguments are refused even where zod would drop them', async () => {
    const lax = defineTool({
      name: 'lax',
      description: '',
      effect: 'read',
      input: z.object({}),
      output: z.object({}),
      run: () => ({}),
    });
    const loose = defineTool({
      name: 'loose',
      description: '',
      effect: 'read',
      input: z.looseObject({}),
      output: z.object({}),
      run: () => ({}),
    });
    expect((await lax.call({ x: 1 }, context)).isError).toBe(true);
    expect((await loose.call({ x: 1 }, context)).isError).toBeUndefined();
  });

  test('expected failures keep their next step; output that breaks the promise is a bug', async () => {
    await expect(forecast.call({ city: 'Atlantis' }, context)).rejects.toMatchObject({
      text: 'There is no Atlantis.\nTry Oslo.',
    });
    const broken = defineTool({
      name: 'broken',
      description: '',
      effect: 'read',
      input: z.object({}),
      output: z.object({ n: z.number() }),
      run: () => JSON.parse('{"n":"x"}') as { n: number },
    });
    await expect(broken.call({}, context)).rejects.toThrow(/expected number/);
  });

  test('a name that some client refuses is refused here', () => {
    expect(() =>
      defineTool({
        name: 'a.b',
        description: '',
        effect: 'read',
        input: z.object({}),
        output: z.object({}),
        run: () => ({}),
      }),
    ).toThrow(TypeError);
  });
});
