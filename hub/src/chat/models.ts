import { hubError, type CounterpartError } from '@counterpart/schemas';
import { nearest } from '../kernel/nearest.ts';
import type { ChatOptions } from './parts.ts';

/** Who answers where no provider is configured. */
const RULES = 'hub/rules';

interface ListedModel {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly counterpart?: object;
}

/** All that may be asked for: routes of the hub first, then models of providers. */
export function listModels({
  generations,
  routes,
}: Pick<ChatOptions, 'generations' | 'routes'>): ListedModel[] {
  return [
    ...routes().map((id) => ({ id, object: 'model' as const, created: 0, owned_by: 'hub' })),
    ...generations.models().map((model) => ({
      id: model.id,
      object: 'model' as const,
      created: 0,
      owned_by: model.provider,
      counterpart: {
        local: model.isLocal,
        context_tokens: model.contextTokens,
        tools: model.takesTools,
        images: model.takesImages,
        price: model.price,
      },
    })),
  ];
}

/** Of the model that is asked for, or of the largest where the hub chooses; infinite where no model answers. */
export function contextTokens({ generations }: Pick<ChatOptions, 'generations'>, asked: string): number {
  const models = generations.models().filter(({ use }) => use !== 'embedding');
  const one = models.find(({ id }) => id === asked);
  if (one !== undefined) return one.contextTokens;
  return models.length === 0 ? Infinity : Math.max(...models.map((model) => model.contextTokens));
}

/** What is wrong with the name of a model that makes vectors: there is no such one, or none at all. */
export function unknownModel(generations: ChatOptions['generations'], asked: string): CounterpartError {
  const models = generations.models();
  if (models.length === 0) return hubError('MODEL_NONE');
  const [near] = nearest(
    asked,
    models.flatMap(({ id, use }) => (use === 'embedding' ? [id] : [])),
  );
  return unknown(asked, near);
}

const unknown = (asked: string, near: string | undefined): CounterpartError =>
  hubError('MODEL_UNKNOWN', {
    model: asked.slice(0, 100),
    suggestion: near === undefined ? '' : ` Did you mean ${near}?`,
    field: 'model',
  });

/** Throws MODEL_UNKNOWN, with the nearest name there is. */
export function assertModel(
  { generations, routes }: Pick<ChatOptions, 'generations' | 'routes'>,
  asked: string,
): void {
  if (asked === RULES || routes().includes(asked)) return;
  const ids = generations.models().map(({ id }) => id);
  if (ids.includes(asked)) return;
  const [near] = nearest(asked, [...routes(), ...ids]);
  throw unknown(asked, near);
}
