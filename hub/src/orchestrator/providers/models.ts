import type { ModelConfig, ProviderConfig, Structured } from '@counterpart/schemas';
import type { ModelInfo } from '../../kernel/ports.ts';
import { dialectOf } from './asking/dialects.ts';
import type { Place } from './kinds.ts';
import { knownModel } from './known-models.ts';

/** A model with what only this room needs. */
export interface Model extends ModelInfo {
  readonly structured: Structured;
}

/** What a provider says of a model of its own. */
export interface FoundModel extends ModelConfig {
  /** Of its memory, the model itself. */
  readonly weightsMb?: number | undefined;
  /** Whether its template opens the thoughts that an answer begins with. */
  readonly startsThinking?: boolean | undefined;
}

/** How models for embeddings are called, where nobody says what they are. */
const EMBEDS = /embed|(?:^|[/-])(?:bge|gte|e5|all-minilm)(?:[-_:]|$)/i;

/** What a local program gives a model where it does not say, and what nearly all others take. */
const DEFAULT_CONTEXT = { local: 16_384, remote: 128_000 };

/** The models of a provider: those configured; where none is, those that it lists itself. */
export function modelsOf(
  provider: string,
  {
    config,
    place,
    found,
  }: {
    readonly config: ProviderConfig;
    readonly place: Place;
    readonly found: ReadonlyMap<string, FoundModel>;
  },
): Model[] {
  const configured = configuredNames(config);
  return (configured ?? [...found.keys()]).map((name) =>
    modelOf(provider, name, { config, place, found: found.get(name) }),
  );
}

/** Names of configured models, the default first; undefined: the provider is asked which there are. */
export function configuredNames({ model, models }: ProviderConfig): readonly string[] | undefined {
  const names = new Set([...(model === undefined ? [] : [model]), ...Object.keys(models ?? {})]);
  return names.size === 0 ? undefined : [...names];
}

function modelOf(
  provider: string,
  name: string,
  {
    config,
    place,
    found = {},
  }: { readonly config: ProviderConfig; readonly place: Place; readonly found?: FoundModel | undefined },
): Model {
  const layers = [config.models?.[name] ?? {}, found, usual(name, config, place)];
  const price = first(layers, 'price');
  const memoryMb = first(layers, 'memoryMb');
  return {
    id: `${provider}/${name}`,
    provider,
    model: name,
    isLocal: place.isLocal,
    contextTokens: first(layers, 'contextTokens') ?? DEFAULT_CONTEXT.local,
    takesTools: first(layers, 'takesTools') ?? false,
    takesImages: first(layers, 'takesImages') ?? false,
    use: first(layers, 'use') ?? 'chat',
    price: price ?? { input: 0, output: 0 },
    priceKnown: price !== undefined,
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(found.weightsMb === undefined ? {} : { weightsMb: found.weightsMb }),
    structured: first(layers, 'structured') ?? 'none',
  };
}

/** The first that says something. */
function first<Name extends keyof ModelConfig>(
  layers: readonly ModelConfig[],
  name: Name,
): ModelConfig[Name] | undefined {
  return layers.find((layer) => layer[name] !== undefined)?.[name];
}

/** What holds where neither the configuration nor the provider says anything: the table, and what nearly all take. */
function usual(name: string, config: ProviderConfig, { kind, isLocal }: Place): ModelConfig {
  const dialect = dialectOf(kind);
  const structured = config.structured ?? dialect.structured;
  const use = EMBEDS.test(name) ? 'embedding' : 'chat';
  // What a local program was started with is less than what the model could take.
  if (isLocal)
    return {
      contextTokens: DEFAULT_CONTEXT.local,
      takesTools: dialect.tools,
      use,
      structured,
      price: { input: 0, output: 0 },
    };
  const known = knownModel(name) ?? { contextTokens: DEFAULT_CONTEXT.remote, takesTools: true };
  return { ...known, takesTools: known.takesTools && dialect.tools, use, structured };
}
