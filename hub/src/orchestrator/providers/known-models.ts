/** What is known of a model by its name alone. */
export interface KnownModel {
  readonly contextTokens: number;
  readonly takesTools: boolean;
  readonly takesImages: boolean;
  /** United States dollars for a million tokens, as the service lists them; discounts are not counted. */
  readonly price: { readonly input: number; readonly output: number };
}

interface Row extends KnownModel {
  /** The model's name, and that of its dated versions. */
  readonly name: string;
  /** When the price was looked up. */
  readonly asOf: string;
}

type Facts = readonly [name: string, contextTokens: number, input: number, output: number];

const rows = (asOf: string, takesTools: boolean, takesImages: boolean, facts: readonly Facts[]): Row[] =>
  facts.map(([name, contextTokens, input, output]) => ({
    name,
    asOf,
    contextTokens,
    takesTools,
    takesImages,
    price: { input, output },
  }));

/** In public lists of prices that agree with each other. */
const LOOKED_UP = '2026-11-21';

/** Prices change: what stands under `models` in the configuration is preferred. */
const KNOWN_MODELS: readonly Row[] = [
  ...rows(LOOKED_UP, true, true, [
    ['gpt-5.2', 400_000, 1.75, 14],
    ['gpt-5.1', 400_000, 1.25, 10],
    ['gpt-5', 400_000, 1.25, 10],
    ['gpt-5-mini', 400_000, 0.25, 2],
    ['gpt-5-nano', 400_000, 0.05, 0.4],
    ['gpt-4.1', 1_047_576, 2, 8],
    ['gpt-4.1-mini', 1_047_576, 0.4, 1.6],
    ['gpt-4.1-nano', 1_047_576, 0.1, 0.4],
    ['gpt-4o', 128_000, 2.5, 10],
    ['gpt-4o-mini', 128_000, 0.15, 0.6],
    ['o3', 200_000, 2, 8],
    ['o4-mini', 200_000, 1.1, 4.4],
  ]),
  ...rows(LOOKED_UP, true, true, [
    ['claude-opus-4-7', 200_000, 5, 25],
    ['claude-opus-4-6', 200_000, 5, 25],
    ['claude-opus-4-5', 200_000, 5, 25],
    ['claude-opus-4-1', 200_000, 15, 75],
    ['claude-sonnet-4-6', 200_000, 3, 15],
    ['claude-sonnet-4-5', 200_000, 3, 15],
    ['claude-sonnet-4', 200_000, 3, 15],
    ['claude-haiku-4-5', 200_000, 1, 5],
  ]),
  ...rows(LOOKED_UP, true, true, [
    ['gemini-3-pro-preview', 1_048_576, 2, 12],
    ['gemini-3-flash-preview', 1_048_576, 0.5, 3],
    ['gemini-2.5-pro', 1_048_576, 1.25, 10],
    ['gemini-2.5-flash', 1_048_576, 0.3, 2.5],
    ['gemini-2.5-flash-lite', 1_048_576, 0.1, 0.4],
  ]),
  ...rows(LOOKED_UP, false, false, [
    ['sonar', 128_000, 1, 1],
    ['sonar-pro', 200_000, 3, 15],
    ['sonar-reasoning-pro', 128_000, 2, 8],
    ['sonar-deep-research', 128_000, 2, 8],
  ]),
  ...rows(LOOKED_UP, false, false, [
    ['text-embedding-3-small', 8_191, 0.02, 0],
    ['text-embedding-3-large', 8_191, 0.13, 0],
  ]),
];

/** The end of a dated version, or of an alias for the newest. */
const VERSION = /^-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

const byLength = KNOWN_MODELS.toSorted((a, b) => b.name.length - a.name.length);

/** What is known of a model; a service's own prefix (`openai/`, `models/`) and a date at the end do not matter. */
export function knownModel(name: string): KnownModel | undefined {
  const bare = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const found = byLength.find(
    (row) => bare === row.name || (bare.startsWith(row.name) && VERSION.test(bare.slice(row.name.length))),
  );
  if (found === undefined) return undefined;
  const { contextTokens, takesTools, takesImages, price } = found;
  return { contextTokens, takesTools, takesImages, price };
}
