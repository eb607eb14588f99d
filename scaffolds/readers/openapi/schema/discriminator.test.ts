import type { JsonObject } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { normalised } from '../testing.ts';

describe('a base class', () => {
  const heir = (name: string): JsonObject => ({
    allOf: [
      { $ref: '#/components/schemas/Pet' },
      { type: 'object', properties: { [name]: { type: 'string' } } },
    ],
  });
  const base = { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } };

  test('stands for the subtypes that its mapping names, where a value of it is wanted', async () => {
    const mapping = { cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog' };
    const { schema, types } = await normalised(
      {
        type: 'object',
        properties: { pets: { type: 'array', items: { $ref: '#/components/schemas/Pet' } } },
      },
      {
        Pet: { ...base, discriminator: { propertyName: 'kind', mapping } },
        Cat: heir('purr'),
        Dog: heir('bark'),
      },
    );
    expect(schema).toMatchObject({
      properties: {
        pets: {
          items: {
            anyOf: [
              { $ref: '#/$defs/Cat', properties: { kind: { const: 'cat' } } },
              { $ref: '#/$defs/Dog', properties: { kind: { const: 'dog' } } },
            ],
          },
        },
      },
    });
    expect(JSON.stringify(types['Cat'])).not.toContain('Dog');
  });

  test('without a mapping, stands for those that extend its schema, and for itself where it may be left out', async () => {
    const { required: _kind, ...open } = base;
    const { schema } = await normalised(
      { $ref: '#/components/schemas/Pet' },
      {
        Pet: { ...open, discriminator: { propertyName: 'kind' } },
        Cat: heir('purr'),
        Lion: { allOf: [{ $ref: '#/components/schemas/Cat' }] },
      },
    );
    expect(schema).toEqual({
      anyOf: [
        { $ref: '#/$defs/Cat', properties: { kind: { const: 'Cat' } } },
        { $ref: '#/$defs/Lion', properties: { kind: { const: 'Lion' } } },
        { $ref: '#/$defs/Pet', properties: { kind: { const: 'Pet' } } },
      ],
    });
  });
});
