import { hubError, type HubConfig, type ProviderConfig } from '@counterpart/schemas';
import type { ModelAnswer, ModelRequest, Models } from '../../kernel/ports.ts';

export interface ProvidersOptions {
  readonly config: () => HubConfig;
  /** Puts values in the place of references such as `${secret:NAME}`; rejects where there is none. */
  readonly resolve: (text: string) => Promise<string>;
}

/** Models of the configured OpenAI-compatible endpoints. A key is looked up for each question and never kept. */
export function createProviders({ config, resolve }: ProvidersOptions): Models {
  const chosen = (name: string | undefined): readonly [name: string, provider: ProviderConfig] => {
    const all = Object.entries(config().providers);
    const found = name === undefined ? all[0] : all.find(([known]) => known === name);
    if (found !== undefined) return found;
    const detail = all.length === 0 ? 'no provider is configured' : `none is called ${name ?? ''}`;
    throw hubError('MODEL_MISSING', { detail });
  };
  return {
    get names() {
      return Object.keys(config().providers);
    },
    async ask(request: ModelRequest, { model, signal }): Promise<ModelAnswer> {
      const [name, provider] = chosen(model);
      const key = provider.apiKey === undefined ? undefined : await resolve(provider.apiKey);
      // The client is large, and most hubs ask no model.
      const { askEndpoint } = await import('./endpoint.ts');
      return await askEndpoint(request, { name, provider, key, signal });
    },
  };
}
