import { describe, expect, test } from 'vitest';
import {
  BUILDS,
  BUILDS_IN_SIGHT,
  OTHERS,
  OTHERS_IN_SIGHT,
} from '../../../../../test/fixtures/understanding/build-sentences.ts';
import { verifies } from '../../../../../test/verifies.ts';
import { buildIntent } from './build-intent.ts';

/** Every other sentence was there while the rules were corrected; the others measure them. */
const half = (sentences: readonly string[], side: 0 | 1) => sentences.filter((_, at) => at % 2 === side);

const wrong = (sentences: readonly string[], isBuild: boolean) =>
  sentences.filter((sentence) => buildIntent(sentence).isBuild !== isBuild);

describe('requests for a new tool', () => {
  test('are told from others in all sentences that the rules were corrected with', () => {
    verifies('D01');
    const builds = [...half(BUILDS, 0), ...BUILDS_IN_SIGHT];
    const others = [...half(OTHERS, 0), ...OTHERS_IN_SIGHT];
    expect({ missed: wrong(builds, true), mistaken: wrong(others, false) }).toEqual({
      missed: [],
      mistaken: [],
    });
  });

  test('are told from others in nine of ten sentences of the other half', () => {
    verifies('D01');
    const share = (sentences: readonly string[], isBuild: boolean) =>
      wrong(half(sentences, 1), isBuild).length / half(sentences, 1).length;
    expect(share(BUILDS, true)).toBeLessThan(0.1);
    expect(share(OTHERS, false)).toBeLessThan(0.03);
  });

  test('carry their addresses', () => {
    expect(buildIntent('Build a server from https://example.com/openapi.json, please')).toMatchObject({
      isBuild: true,
      urls: ['https://example.com/openapi.json'],
    });
  });

  test('are surer in some words than in others', () => {
    expect(buildIntent('Build me a tool for dice').confidence).toBeGreaterThan(
      buildIntent('track my sleep').confidence,
    );
  });

  test('are not looked for in long documents', () => {
    expect(buildIntent(`${'words and '.repeat(200_000)} build me a tool`).isBuild).toBe(false);
  });
});
