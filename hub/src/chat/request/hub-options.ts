import type { HubOptions } from '@counterpart/schemas';
import type { RunRequest } from '../../kernel/ports.ts';

type View = RunRequest['view'];

/** What a request asks of the hub itself, as a run takes it; `mostCalls` is what it says of tool calls under OpenAI's name. */
export function runOptions(
  options: HubOptions | undefined,
  mostCalls?: number | null,
): Pick<RunRequest, 'view' | 'limits' | 'samples' | 'cache'> {
  const { view, samples, cache } = options ?? {};
  const limits = mostCalls == null ? options?.limits : { ...options?.limits, toolCalls: mostCalls };
  return {
    ...(view === undefined ? {} : { view: viewOf(view) }),
    ...(limits === undefined ? {} : { limits }),
    ...(samples === undefined ? {} : { samples }),
    ...(cache === undefined ? {} : { cache }),
  };
}

function viewOf(view: NonNullable<HubOptions['view']>): View {
  if (view === 'none') return 'none';
  if (view === 'all') return { kind: 'all' };
  return 'server' in view ? { kind: 'server', id: view.server } : { kind: 'profile', name: view.profile };
}

/** The model that is asked for; without one the hub chooses. */
export const askedModel = (model: string | null | undefined): string => model ?? 'hub/auto';
