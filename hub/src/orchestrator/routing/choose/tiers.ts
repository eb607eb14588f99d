import { hubError, type RoutingConfig } from '@counterpart/schemas';
import type { ModelInfo, Tier } from '../../../kernel/ports.ts';
import { didYouMean } from '../../../kernel/nearest.ts';

/** From easy to hard. */
export const TIERS: readonly Tier[] = ['standard', 'heavy', 'ultra'];

/** A model in a tier it may answer for. */
export interface Candidate {
  readonly model: ModelInfo;
  readonly tier: Tier;
}

const escape = (text: string): string => text.replace(/[.\\+?^${}()|[\]-]/g, String.raw`\$&`);

/** Whether a pattern of the configuration means a model: `<provider>/<model>` with `*`, or a provider's name. */
export function matchModel(pattern: string): (model: Pick<ModelInfo, 'id' | 'provider'>) => boolean {
  const expression = new RegExp(`^${pattern.split(/\*+/).map(escape).join('.*?')}$`, 's');
  return ({ id, provider }) => expression.test(id) || expression.test(provider);
}

/** Models that a list of patterns means, in the order of the list. */
export function modelsOf(patterns: readonly string[], models: readonly ModelInfo[]): ModelInfo[] {
  return [...new Set(patterns.flatMap((pattern) => models.filter(matchModel(pattern))))];
}

/** Dollars for a million tokens of output up to which a model that is not local counts as of a tier, when nobody says which. */
const PRICED_AS = { standard: 2, heavy: 15 };

function tierByPrice({ isLocal, price }: ModelInfo): Tier {
  if (isLocal || (price.output > 0 && price.output <= PRICED_AS.standard)) return 'standard';
  return price.output <= PRICED_AS.heavy ? 'heavy' : 'ultra';
}

/** The models of each tier, the preferred first: as configured, or by place and price where nothing is. */
export function tierTable(
  { tiers }: Pick<RoutingConfig, 'tiers'>,
  models: readonly ModelInfo[],
): Readonly<Record<Tier, readonly ModelInfo[]>> {
  const isConfigured = TIERS.some((tier) => tiers[tier].models.length > 0);
  const of = (tier: Tier) =>
    isConfigured
      ? modelsOf(tiers[tier].models, models)
      : models.filter((model) => tierByPrice(model) === tier);
  return { standard: of('standard'), heavy: of('heavy'), ultra: of('ultra') };
}

/** What was asked for: any model, those of a tier, or some by name. */
export type Scope =
  | { readonly kind: 'auto' }
  | { readonly kind: 'tier'; readonly tier: Tier }
  | { readonly kind: 'named'; readonly models: readonly ModelInfo[] };

const isTier = (name: string): name is Tier => TIERS.some((tier) => tier === name);

/**
 * Reads the name of a model as clients give it: `hub/auto`, `hub/<tier>`, `<provider>/<model>`, a provider's name, or the
 * name of a model that only one provider has. Throws MODEL_NONE or MODEL_UNKNOWN.
 */
export function readAsked(asked: string, models: readonly ModelInfo[]): Scope {
  if (models.length === 0) throw hubError('MODEL_NONE');
  const name = asked.trim();
  if (name === '' || name === 'auto' || name === 'hub/auto') return { kind: 'auto' };
  const tier = name.replace(/^hub\//, '');
  if (isTier(tier)) return { kind: 'tier', tier };
  const exact = models.filter(({ id }) => id === name);
  const ofProvider = models.filter(({ provider }) => provider === name.replace(/\/\*$/, ''));
  const byModel = models.filter(({ model }) => model === name);
  const found = [exact, ofProvider, byModel].find((list) => list.length > 0);
  if (found) return { kind: 'named', models: found };
  const names = ['hub/auto', ...TIERS.map((one) => `hub/${one}`), ...models.map(({ id }) => id)];
  throw hubError('MODEL_UNKNOWN', { model: name, suggestion: didYouMean(name, names) });
}

/** Tiers in which to look, the wanted one first, then those above; below it only where that is allowed. */
export function tiersFrom(wanted: Tier, down: boolean): readonly Tier[] {
  const at = TIERS.indexOf(wanted);
  return [...TIERS.slice(at), ...(down ? TIERS.slice(0, at).toReversed() : [])];
}
