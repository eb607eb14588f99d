import { lazily, type Lazy } from '../../kernel/lazily.ts';
import type { Scope } from '../../kernel/scope.ts';
import type { RoutingDesk, RoutingParts } from './routing-desk.ts';

/** The router is loaded by the first chat, or whoever asks how it chooses. At the end of the scope all decisions are written. */
export function lazyRouting(parts: RoutingParts, scope: Pick<Scope, 'add'>): Lazy<RoutingDesk> {
  const routing = lazily(async () => {
    const { openRouting } = await import('./routing-desk.ts');
    return await openRouting(parts);
  });
  scope.add(async () => (await routing.opened())?.flush());
  return routing;
}
